import { listModels as listRegistered, type ModelEntry } from "@sunstep/model-registry";
import { emojiEntry, emojiTaesdEntry } from "../loading/emoji-entry.js";

/** Lists every name that `fromPretrained` knows. */
export const listModels = (): ModelEntry[] => listRegistered([emojiEntry, emojiTaesdEntry]);
