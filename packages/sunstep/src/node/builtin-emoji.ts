import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { pathTree } from "@sunstep/checkpoint/node";
import {
  emojiDefaults,
  emojiModelUrl,
  emojiSunAdapterUrl,
  emojiTinyAutoencoderUrl,
} from "@sunstep/emoji-model";
import { emojiModelFiles, emojiTinyAutoencoderFiles } from "@sunstep/emoji-model/files";
import { listModels as listRegistered, type ModelEntry } from "@sunstep/model-registry";
import { sunstepError } from "../errors.js";
import { EMOJI_ADAPTER, EMOJI_TAESD, emojiEntry, emojiTaesdEntry } from "../loading/emoji-entry.js";
import type { FindOptions, FoundFiles } from "../loading/platform.js";

/** Folder of the embedded model, unless a bundler has moved its files. */
export const emojiFolder = resolve(fileURLToPath(emojiModelUrl));

/** The settings and further models that come with the embedded model. */
export const emojiExtras = {
  defaults: emojiDefaults,
  adapter: { source: fileURLToPath(emojiSunAdapterUrl), name: EMOJI_ADAPTER },
  taesd: EMOJI_TAESD,
} as const satisfies Partial<FoundFiles>;

/** The embedded model and its tiny autoencoder, by name. */
export const ownModels: readonly ModelEntry[] = [
  { ...emojiEntry, source: emojiFolder },
  { ...emojiTaesdEntry, source: resolve(fileURLToPath(emojiTinyAutoencoderUrl)) },
];

const embeddedFiles: Readonly<Record<string, Readonly<Record<string, URL>>>> = {
  [emojiEntry.name]: emojiModelFiles,
  [emojiTaesdEntry.name]: emojiTinyAutoencoderFiles,
};

/**
 * Returns the files of an embedded model by its name, or of one component. Each has an address of its own, which bundlers
 * keep up to date.
 * @throws SunstepError EMBEDDED_MODEL_MISSING
 */
export function findEmbedded(name: string, component?: FindOptions["component"]): FoundFiles | undefined {
  const urls = embeddedFiles[name];
  if (!urls) return undefined;
  const files = Object.entries(urls).map(([path, url]) => [path, fileURLToPath(url)] as const);
  const missing = files.find(([, file]) => !existsSync(file));
  if (missing) {
    const [path, file] = missing;
    throw sunstepError(
      "EMBEDDED_MODEL_MISSING",
      `${file} is not there: a bundler has left out the files of the embedded model. Keep sunstep out of the bundle, or ` +
        `copy the folder "model" of @sunstep/emoji-model so that its ${path} is that file`,
      { file },
    );
  }
  if (name === emojiTaesdEntry.name) return { files: pathTree(Object.fromEntries(files)) };
  if (component === undefined) return { files: pathTree(Object.fromEntries(files)), ...emojiExtras };
  const part = files.filter(([path]) => path.startsWith(`${component}/`));
  return {
    files: pathTree(Object.fromEntries(part.map(([path, file]) => [path.slice(component.length + 1), file]))),
  };
}

/** Lists every name that `fromPretrained` knows. */
export const listModels = (): ModelEntry[] => listRegistered(ownModels);
