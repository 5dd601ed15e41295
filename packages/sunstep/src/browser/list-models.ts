import { listModels as listRegistered, type ModelEntry } from "@sunstep/model-registry";
import { emojiEntry, emojiTaesdEntry } from "../emoji-entry.js";

/** Every name that `fromPretrained` knows. */
export const listModels = (): ModelEntry[] => listRegistered([emojiEntry, emojiTaesdEntry]);
