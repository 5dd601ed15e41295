// Sorts the tensors of a single file to its networks and renames them.

import { canonicalNames } from "../canonical-names.js";
import { type CollectedWeights, collectWeights, type Rename } from "../collect-weights.js";
import type { SafetensorsFile } from "../safetensors/open.js";
import { renameParameter } from "./module-names.js";
import { openClipViews } from "./open-clip-names.js";
import { prefixes } from "./prefixes.js";
import { ldmUNetLayout, unetModules } from "./unet-names.js";
import { vaeModules } from "./vae-names.js";

/**
 * SD 2.x conditions on the state before the last of ViT-H's 24 layers (`layer: penultimate` in its config), so
 * diffusers' text encoders have 23 layers. XL's second one has all 32: its pooled text needs them.
 */
const SD2_LAYERS = 23;

/** Tensors of the autoencoder's training in the original code. */
const TRAINING_ONLY = /^(loss|model_ema)\./;

export interface SplitFile {
  readonly unet: CollectedWeights;
  readonly vae: CollectedWeights;
  readonly textEncoder: CollectedWeights;
  /** True if the first text encoder is OpenCLIP's. */
  readonly openClip: boolean;
  /** Empty but for Stable Diffusion XL. */
  readonly textEncoder2: CollectedWeights;
}

/** `vaePrefixes`: where to look for the VAE, in files that may be one by themselves. */
export function splitFile(file: SafetensorsFile, vaePrefixes: readonly string[] = prefixes.vae): SplitFile {
  const names = [...file.tensors.keys()];
  const unetPrefix = prefixIn(names, prefixes.unet);
  const unetNames = strip(names, unetPrefix);
  const vaePrefix = prefixIn(names, vaePrefixes);
  const unet = new Map(unetModules(ldmUNetLayout(unetNames)));
  const vae = new Map(vaeModules(strip(names, vaePrefix)));
  const clipPrefix = prefixIn(names, prefixes.clip);
  const openClipPrefix = prefixIn(names, prefixes.openClip);
  const secondPrefix = prefixIn(names, prefixes.secondOpenClip);

  const renamed =
    (prefix: string | undefined, rename: Rename): Rename =>
    (entry) =>
      prefix !== undefined && entry.name.startsWith(prefix)
        ? rename({ ...entry, name: entry.name.slice(prefix.length) })
        : [];
  const byModules =
    (modules: ReadonlyMap<string, string>): Rename =>
    ({ name }) => {
      const canonical = renameParameter(name, modules);
      return canonical === undefined ? undefined : [{ name: canonical }];
    };
  const vaeRename: Rename = (entry) => (TRAINING_ONLY.test(entry.name) ? [] : byModules(vae)(entry));
  return {
    unet: collectWeights([file], renamed(unetPrefix, byModules(unet))),
    vae: collectWeights([file], renamed(vaePrefix, vaeRename)),
    textEncoder: collectWeights(
      [file],
      openClipPrefix === undefined
        ? renamed(clipPrefix, canonicalNames.textEncoder)
        : renamed(openClipPrefix, (entry) => openClipViews(entry, SD2_LAYERS)),
    ),
    openClip: openClipPrefix !== undefined,
    textEncoder2: collectWeights(
      [file],
      renamed(secondPrefix, (entry) => openClipViews(entry, Number.POSITIVE_INFINITY)),
    ),
  };
}

function prefixIn(names: readonly string[], candidates: readonly string[]): string | undefined {
  return candidates.find((prefix) => names.some((name) => name.startsWith(prefix)));
}

function strip(names: readonly string[], prefix: string | undefined): Set<string> {
  if (prefix === undefined) return new Set();
  return new Set(names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length)));
}
