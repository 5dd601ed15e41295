// A diffusers folder on the page's own server, which lists no files: the names are known.

import { registryError } from "../errors.js";
import type { SelectOptions } from "../select-files.js";
import { type FetchOptions, fetchFile, fetchIfThere } from "./fetch-file.js";

const required = [
  "model_index.json",
  "scheduler/scheduler_config.json",
  "unet/config.json",
  "text_encoder/config.json",
  "vae/config.json",
];

const optional = [
  "tokenizer/vocab.json",
  "tokenizer/merges.txt",
  "tokenizer/tokenizer.json",
  "tokenizer/tokenizer_config.json",
  "tokenizer/special_tokens_map.json",
];

const weights = ["unet/diffusion_pytorch_model", "text_encoder/model", "vae/diffusion_pytorch_model"];

type Options = Pick<FetchOptions, "signal" | "onProgress"> & Pick<SelectOptions, "variant">;

type Files = Record<string, Blob>;

/** Files of known addresses, by their paths. */
export async function fetchFiles(
  name: string,
  urls: Readonly<Record<string, URL>>,
  options: Options,
): Promise<Files> {
  const fetched = Object.entries(urls).map(
    async ([file, url]) => [file, await fetchFile(url.href, { ...options, name, file })] as const,
  );
  return Object.fromEntries(await Promise.all(fetched));
}

/** @throws MODEL_NOT_FOUND, MODEL_FILE_NOT_FOUND */
export async function fetchFolder(name: string, folder: string, options: Options): Promise<Files> {
  const { variant } = options;
  const variants = variant === undefined ? ["", "fp16"] : [variant ?? ""];
  const get = (fetchOne: typeof fetchIfThere) => async (file: string) =>
    [file, await fetchOne(new URL(file, folder).href, { ...options, name, file })] as const;
  const firstThere = async (stem: string) => {
    const candidates = variants.map((other) => `${stem}${other && `.${other}`}.safetensors`);
    for (const file of candidates) {
      const [, blob] = await get(fetchIfThere)(file);
      if (blob) return [file, blob] as const;
    }
    throw registryError("MODEL_FILE_NOT_FOUND", `${name} has no ${candidates.join(" or ")}`, {
      file: candidates[0],
    });
  };
  const found = await Promise.all([
    ...required.map(get(fetchFile)),
    ...optional.map(get(fetchIfThere)),
    ...weights.map(firstThere),
  ]);
  return Object.fromEntries(
    found.filter((entry): entry is readonly [string, Blob] => entry[1] !== undefined),
  );
}
