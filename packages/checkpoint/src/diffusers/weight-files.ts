// Chooses the files of a component's folder that hold its weights: one file, or shards with an index.

import type { ByteSource } from "@sunstep/files";
import { checkpointError } from "../errors.js";
import { checkPath, type FileTree, openFile, readJsonFile } from "../file-tree.js";
import { describeJson, isJsonObject } from "../json.js";
import { openSafetensors, type SafetensorsFile } from "../safetensors/open.js";
import { isPickle, parseWeightFileName, weightStems } from "./layout.js";

const FALLBACK_VARIANT = "fp16";
const MAX_SHARDS = 1000;

export interface WeightFiles {
  readonly files: readonly SafetensorsFile[];
  /** Undefined for the files without a variant in their name. */
  readonly variant?: string;
}

/**
 * Opens the weight files in `folder` ("" for the root): those of `variant` where there are any, then those without a
 * variant, then fp16's, then any other's.
 */
export async function openWeightFiles(
  files: FileTree,
  folder: string,
  variant: string | undefined,
): Promise<WeightFiles> {
  const prefix = folder ? `${folder}/` : "";
  if (variant) checkPath(variant, "the option variant");
  const usual = variant ? [variant, undefined] : [undefined, FALLBACK_VARIANT];
  for (const candidate of usual) {
    const found = await openVariant(files, prefix, candidate);
    if (found) return found;
  }
  for (const candidate of await otherVariants(files, prefix, usual)) {
    const found = await openVariant(files, prefix, candidate);
    if (found) return found;
  }
  throw await missing(files, prefix);
}

async function openVariant(
  files: FileTree,
  prefix: string,
  variant: string | undefined,
): Promise<WeightFiles | undefined> {
  const suffix = variant ? `.${variant}` : "";
  const found = variant ? { variant } : {};
  for (const stem of weightStems) {
    const whole = await files.open(`${prefix}${stem}${suffix}.safetensors`);
    if (whole) return { files: [await openSafetensors(whole)], ...found };
    const index = await files.open(`${prefix}${stem}.safetensors.index${suffix}.json`);
    if (index) return { files: await openShards(files, prefix, index), ...found };
  }
  return undefined;
}

/** Lists further variants of a folder: non_ema, fp32, ema, …; one that is there is better than none. */
async function otherVariants(
  files: FileTree,
  prefix: string,
  known: readonly (string | undefined)[],
): Promise<readonly string[]> {
  const names = (await files.list()).filter((path) => path.startsWith(prefix));
  const variants = names.flatMap((path) => parseWeightFileName(path.slice(prefix.length))?.variant || []);
  return [...new Set(variants)].filter((name) => !known.includes(name)).sort();
}

/**
 * Opens every shard that an index file (*.safetensors.index.json) names; `prefix` ("unet/") goes before their names.
 * @throws SunstepError CHECKPOINT_JSON, CHECKPOINT_PATH, CHECKPOINT_FILE_MISSING, and those of `openSafetensors`
 */
export async function openShards(
  files: FileTree,
  prefix: string,
  index: ByteSource,
): Promise<readonly SafetensorsFile[]> {
  const { weight_map: map } = await readJsonFile(index);
  if (!isJsonObject(map)) {
    throw checkpointError(
      "CHECKPOINT_JSON",
      `${index.name}: weight_map must be an object, is ${describeJson(map)}`,
      {
        file: index.name,
      },
    );
  }
  const shards = new Set<string>();
  for (const [weight, shard] of Object.entries(map)) {
    if (typeof shard !== "string") {
      throw checkpointError(
        "CHECKPOINT_JSON",
        `${index.name}: ${weight} must name a file, is ${describeJson(shard)}`,
        {
          file: index.name,
        },
      );
    }
    shards.add(checkPath(shard, index.name));
  }
  if (shards.size > MAX_SHARDS) {
    throw checkpointError(
      "CHECKPOINT_JSON",
      `${index.name}: ${shards.size} shards, more than ${MAX_SHARDS}`,
      {
        file: index.name,
      },
    );
  }
  return Promise.all(
    [...shards].sort().map(async (shard) => openSafetensors(await openFile(files, `${prefix}${shard}`))),
  );
}

async function missing(files: FileTree, prefix: string): Promise<Error> {
  const all = await files.list();
  const names = all.filter((name) => name.startsWith(prefix));
  const pickle = names.find(isPickle);
  if (pickle) {
    const single = all.filter((name) => /^[^/]+\.safetensors$/.test(name));
    return checkpointError(
      "CHECKPOINT_NOT_SAFETENSORS",
      `${prefix || files.name}: the weights are a pickle (${pickle}), which runs code when it is loaded and is refused. ` +
        (single.length > 0
          ? `Open the single file beside the folders: ${single.join(", ")}`
          : "Take a repository with .safetensors files, or convert it"),
      { file: pickle, ...(single.length > 0 && { single }) },
    );
  }
  const wanted = `${prefix}${weightStems[0]}.safetensors`;
  const other = names.find((name) => name.endsWith(".safetensors"));
  return checkpointError(
    "CHECKPOINT_FILE_MISSING",
    `${files.name ?? "the checkpoint"}: no ${wanted} (or ${weightStems[1]}.safetensors). ` +
      (other
        ? `There is ${other}, under a name that diffusers does not read`
        : "The download may be incomplete"),
    { file: wanted },
  );
}
