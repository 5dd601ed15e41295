import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { emojiModelUrl } from "@sunstep/emoji-model";
import { listModels as listRegistered, type ModelEntry } from "@sunstep/model-registry";

/** Folder of the embedded model. */
export const emojiFolder = resolve(fileURLToPath(emojiModelUrl));

/** The embedded model under its name. */
export const ownModels: readonly ModelEntry[] = [
  {
    name: "emoji",
    kind: "pipeline",
    architecture: "sd1",
    source: emojiFolder,
    license: "mit",
    description: "Small embedded model of emoji, 128 pixels; the default",
  },
];

/** Every name that `fromPretrained` knows. */
export const listModels = (): ModelEntry[] => listRegistered(ownModels);
