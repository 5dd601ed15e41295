import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { emojiModelUrl, emojiSunAdapterUrl } from "@sunstep/emoji-model";
import { listModels as listRegistered, type ModelEntry } from "@sunstep/model-registry";
import { emojiEntry } from "../emoji-entry.js";

/** Folder of the embedded model. */
export const emojiFolder = resolve(fileURLToPath(emojiModelUrl));

/** Its SUN adapter. */
export const emojiSunAdapter = fileURLToPath(emojiSunAdapterUrl);

/** The embedded model under its name. */
export const ownModels: readonly ModelEntry[] = [{ ...emojiEntry, source: emojiFolder }];

/** Every name that `fromPretrained` knows. */
export const listModels = (): ModelEntry[] => listRegistered(ownModels);
