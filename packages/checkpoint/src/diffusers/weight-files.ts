// Which files of a component's folder hold its weights: one file, or shards with an index.

import type { ByteSource } from "@sunstep/files";
import { checkpointError } from "../errors.js";
import { checkPath, type FileTree, openFile, readJsonFile } from "../file-tree.js";
import { describeJson, isJsonObject } from "../json.js";
import { openSafetensors, type SafetensorsFile } from "../safetensors/open.js";
import { isPickle, weightStems } from "./layout.js";

const FALLBACK_VARIANT = "fp16";
const MAX_SHARDS = 1000;

export interface WeightFiles {
  readonly files: readonly SafetensorsFile[];
  /** Undefined for the files without a variant in their name. */
  readonly variant?: string;
}

/** Opens the weight files in `folder` ("" for the root), those of `variant` where there are any. */
export async function openWeightFiles(
  files: FileTree,
  folder: string,
  variant: string | undefined,
): Promise<WeightFiles> {
  const prefix = folder ? `${folder}/` : "";
  if (variant) checkPath(variant, "the option variant");
  for (const candidate of variant ? [variant, undefined] : [undefined, FALLBACK_VARIANT]) {
    const suffix = candidate ? `.${candidate}` : "";
    for (const stem of weightStems) {
      const whole = await files.open(`${prefix}${stem}${suffix}.safetensors`);
      const found = candidate ? { variant: candidate } : {};
      if (whole) return { files: [await openSafetensors(whole)], ...found };
      const index = await files.open(`${prefix}${stem}.safetensors.index${suffix}.json`);
      if (index) return { files: await openShards(files, prefix, index), ...found };
    }
  }
  throw await missing(files, prefix);
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
  const names = (await files.list()).filter((name) => name.startsWith(prefix));
  const pickle = names.find(isPickle);
  if (pickle) {
    return checkpointError(
      "CHECKPOINT_NOT_SAFETENSORS",
      `${prefix || files.name}: the weights are there as a pickle only (${pickle}), which runs code when it is loaded ` +
        "and is refused. Take a repository with .safetensors files, or convert it",
      { file: pickle },
    );
  }
  const wanted = `${prefix}${weightStems[0]}.safetensors`;
  const other = names.find((name) => name.endsWith(".safetensors"));
  const hint = other ? `There is ${other}: give its variant` : "The download may be incomplete";
  return checkpointError(
    "CHECKPOINT_FILE_MISSING",
    `${files.name ?? "the checkpoint"}: no ${wanted} (or ${weightStems[1]}.safetensors). ${hint}`,
    { file: wanted },
  );
}
