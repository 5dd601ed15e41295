import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { emojiModelUrl, emojiSunAdapterUrl, emojiTinyAutoencoderUrl } from "@sunstep/emoji-model";
import { listModels as listRegistered, type ModelEntry } from "@sunstep/model-registry";
import { emojiEntry, emojiTaesdEntry } from "../emoji-entry.js";

/** Folder of the embedded model. */
export const emojiFolder = resolve(fileURLToPath(emojiModelUrl));

/** Its adapter. */
export const emojiAdapter = fileURLToPath(emojiSunAdapterUrl);

/** The embedded model and its tiny autoencoder, by name. */
export const ownModels: readonly ModelEntry[] = [
  { ...emojiEntry, source: emojiFolder },
  { ...emojiTaesdEntry, source: resolve(fileURLToPath(emojiTinyAutoencoderUrl)) },
];

/** Lists every name that `fromPretrained` knows. */
export const listModels = (): ModelEntry[] => listRegistered(ownModels);
