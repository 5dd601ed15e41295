import { blobTree, checkDiffusersConfigs, diffusersLayout, weightStems } from "@sunstep/checkpoint";
import { registryError } from "../errors.js";
import type { SelectOptions } from "../select-files.js";
import { type FetchOptions, fetchFile, fetchIfThere, isThere } from "./fetch-file.js";
import { fetchGraphs } from "./fetch-graphs.js";

type Options = Pick<FetchOptions, "signal" | "onProgress"> & Pick<SelectOptions, "variant" | "component">;

type Files = Record<string, Blob>;

const { index, scheduler, networks, graphs, tokenizers, tokenizerFiles } = diffusersLayout;
const folders = Object.entries(networks).filter(([, { required }]) => required);
const configs = [scheduler, ...folders.map(([folder, { config }]) => `${folder}/${config}`)];
const tokenizer = Object.values(tokenizerFiles).map((file) => `${tokenizers[0]}/${file}`);
const unetGraph = `unet/${graphs.file}`;
const weights = folders.map(([folder, { weights: stem }]) => `${folder}/${stem}`);

/**
 * Fetches a folder of diffusers, a pipeline's or one network's, or of ONNX graphs, from a server that lists no files, such as
 * the page's own: the names are known. Configs come first: a model that is not supported is refused before its weights are
 * fetched.
 * @throws MODEL_NOT_FOUND, MODEL_FILE_NOT_FOUND, CHECKPOINT_…
 */
export async function fetchFolder(name: string, folder: string, options: Options): Promise<Files> {
  const { variant, component } = options;
  const variants = variant === undefined ? ["", "fp16"] : [variant ?? ""];
  const get =
    (fetchOne: typeof fetchIfThere, base = folder) =>
    async (file: string) =>
      [file, await fetchOne(new URL(file, base).href, { ...options, name, file })] as const;
  const weightFiles = (stems: readonly string[]) =>
    variants.flatMap((other) => stems.map((stem) => `${stem}${other && `.${other}`}.safetensors`));
  const firstThere = async (stems: readonly string[], base = folder) => {
    const candidates = weightFiles(stems);
    for (const file of candidates) {
      const [, blob] = await get(fetchIfThere, base)(file);
      if (blob) return [file, blob] as const;
    }
    throw registryError("MODEL_FILE_NOT_FOUND", `${name} has no ${candidates.join(" or ")}`, {
      file: candidates[0],
    });
  };
  const [, indexFile] = await get(fetchIfThere)(index);
  if (component !== undefined || indexFile === undefined) {
    const base = component !== undefined && indexFile ? new URL(`${component}/`, folder).href : folder;
    const config = await fetchFile(new URL("config.json", base).href, {
      ...options,
      name,
      file: "config.json",
    });
    return { "config.json": config, ...Object.fromEntries([await firstThere(weightStems, base)]) };
  }
  const has = (file: string) => isThere(new URL(file, folder).href, options);
  const hasOne = async (files: readonly string[]) => (await Promise.all(files.map(has))).includes(true);
  if ((await has(unetGraph)) && !(await hasOne(weightFiles([`unet/${networks.unet.weights}`])))) {
    return fetchGraphs(name, async (file) => (await get(fetchIfThere)(file))[1]);
  }
  const small = await Promise.all([...configs.map(get(fetchFile)), ...tokenizer.map(get(fetchIfThere))]);
  const found = Object.fromEntries(
    [[index, indexFile] as const, ...small].filter(
      (entry): entry is readonly [string, Blob] => entry[1] !== undefined,
    ),
  );
  await checkDiffusersConfigs({ ...blobTree(found), name });
  const stems = weights.map((stem) => firstThere([stem]));
  return { ...found, ...Object.fromEntries(await Promise.all(stems)) };
}
