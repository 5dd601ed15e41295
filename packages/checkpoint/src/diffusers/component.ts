import type { SunstepWarning } from "@sunstep/errors";
import { canonicalNames } from "../canonical-names.js";
import type { Component, ComponentConfigs, ComponentKind } from "../checkpoint.js";
import { collectWeights } from "../collect-weights.js";
import { parseClipTextConfig } from "../config/clip-text.js";
import { parseControlNetConfig } from "../config/controlnet.js";
import { parseTaesdConfig } from "../config/taesd.js";
import { parseUNetConfig } from "../config/unet.js";
import { parseVaeConfig } from "../config/vae.js";
import { type FileTree, openFile, readJsonFile } from "../file-tree.js";
import { fitWeights } from "../fit-weights.js";
import type { JsonObject } from "../json.js";
import { openWeightFiles } from "./weight-files.js";

export const configParsers: {
  readonly [K in ComponentKind]: (json: JsonObject, file?: string) => ComponentConfigs[K];
} = {
  unet: parseUNetConfig,
  textEncoder: parseClipTextConfig,
  vae: parseVaeConfig,
  taesd: parseTaesdConfig,
  controlnet: parseControlNetConfig,
};

export interface ComponentOptions {
  /** The folder within the tree; the tree itself by default. */
  readonly folder?: string;
  /** "fp16" for diffusion_pytorch_model.fp16.safetensors. Where there is none, the file without a variant is taken. */
  readonly variant?: string;
}

/** A component, and how its files were taken. */
export interface OpenedComponent<C> extends Component<C> {
  /** Undefined for files without a variant in their names. */
  readonly variant?: string;
  readonly warnings: readonly SunstepWarning[];
}

/**
 * Opens one network of a diffusers folder: config.json and its weights.
 * @throws SunstepError CHECKPOINT_…
 */
export async function openComponent<K extends ComponentKind>(
  kind: K,
  files: FileTree,
  { folder = "", variant }: ComponentOptions = {},
): Promise<OpenedComponent<ComponentConfigs[K]>> {
  const path = folder ? `${folder}/config.json` : "config.json";
  const config = configParsers[kind](await readJsonFile(await openFile(files, path)), path);
  const opened = await openWeightFiles(files, folder, variant);
  const where = opened.files.map(({ source }) => source.name).join(", ");
  const collected = collectWeights(opened.files, canonicalNames[kind]);
  return {
    config,
    ...fitWeights(kind, config, collected, where),
    ...(opened.variant && { variant: opened.variant }),
  };
}
