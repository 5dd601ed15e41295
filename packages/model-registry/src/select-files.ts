// Which files of a repository a Stable Diffusion pipeline needs. Only the list of paths is looked at, so that the same
// choice is made before anything is downloaded, offline, and in a browser.

import { registryError } from "./errors.js";

export interface FileSelection {
  /** folder: a diffusers pipeline or one component of it. file: one file is the model. */
  readonly kind: "folder" | "file";
  /** The folder or file in the repository; "" is its root. */
  readonly root: string;
  /** Paths in the repository, sorted. */
  readonly files: readonly string[];
}

export interface SelectOptions {
  /** A file or folder of the repository; the whole repository when missing. */
  readonly path?: string | undefined;
  /**
   * Of weights that are there several times: "fp16" picks `*.fp16.safetensors`, null the plain ones. Missing: fp16
   * where it exists, else plain.
   */
  readonly variant?: string | null | undefined;
}

// Folders of a pipeline that are used. safety_checker, feature_extractor and image_encoder are not.
const weightFolders = ["unet", "text_encoder", "text_encoder_2", "vae"];
const configFiles: Readonly<Record<string, readonly string[]>> = {
  "": ["model_index.json"],
  unet: ["config.json"],
  text_encoder: ["config.json"],
  text_encoder_2: ["config.json"],
  vae: ["config.json"],
  scheduler: ["scheduler_config.json"],
};
const tokenizerFolders = ["tokenizer", "tokenizer_2"];
const tokenizerFiles = [
  "vocab.json",
  "merges.txt",
  "tokenizer.json",
  "tokenizer_config.json",
  "special_tokens_map.json",
  "added_tokens.json",
];
const pickles = /\.(bin|ckpt|pt|pth|pkl)$/i;

/** Chooses among `paths`, all files of the repository. `where` names it in error messages. */
export function selectFiles(
  paths: readonly string[],
  where: string,
  options: SelectOptions = {},
): FileSelection {
  const { path = "", variant } = options;
  if (path !== "" && paths.includes(path)) {
    if (pickles.test(path)) throw onlyPickles(`${where}:${path}`);
    return { kind: "file", root: path, files: [path] };
  }
  const prefix = path === "" ? "" : `${path}/`;
  const inside = paths.filter((file) => file.startsWith(prefix)).map((file) => file.slice(prefix.length));
  if (inside.length === 0) {
    throw registryError("MODEL_FILE_NOT_FOUND", `${where} has no file or folder ${JSON.stringify(path)}`, {
      file: path,
    });
  }
  const place = path === "" ? where : `${where}:${path}`;
  const folder = selectFolder(inside, place, variant);
  if (folder !== undefined) {
    return { kind: "folder", root: path, files: folder.map((file) => prefix + file).sort() };
  }
  const file = prefix + onlyFile(inside, place);
  return { kind: "file", root: file, files: [file] };
}

function selectFolder(
  inside: readonly string[],
  place: string,
  variant?: string | null,
): string[] | undefined {
  if (inside.includes("model_index.json") || inside.includes("unet/config.json")) {
    const present = new Set(inside);
    const configs = [
      ...Object.entries(configFiles),
      ...tokenizerFolders.map((folder) => [folder, tokenizerFiles] as const),
    ].flatMap(([folder, files]) => files.map((file) => (folder === "" ? file : `${folder}/${file}`)));
    const weights = weightFolders.flatMap((folder) => selectWeights(inside, `${folder}/`, place, variant));
    if (!weights.some((file) => file.startsWith("unet/"))) {
      throw registryError(
        "MODEL_FILE_NOT_FOUND",
        `${place} has no U-Net: it is no Stable Diffusion 1.x, 2.x or XL`,
        {
          folder: "unet",
        },
      );
    }
    return [...configs.filter((file) => present.has(file)), ...weights];
  }
  if (!inside.includes("config.json")) return undefined;
  return ["config.json", ...selectWeights(inside, "", place, variant)];
}

/** The weights of one component: a file, or an index and its shards. */
function selectWeights(
  inside: readonly string[],
  prefix: string,
  place: string,
  variant?: string | null,
): string[] {
  const here = inside
    .filter((file) => file.startsWith(prefix) && !file.slice(prefix.length).includes("/"))
    .map((file) => file.slice(prefix.length));
  const weights = here.flatMap((file) => {
    const found = weightVariant(file);
    return found === undefined ? [] : [{ file: prefix + file, variant: found }];
  });
  if (weights.length === 0) {
    if (here.some((file) => pickles.test(file))) throw onlyPickles(`${place}, ${prefix || "root"}`);
    return [];
  }
  const wanted =
    variant === null ? "" : (variant ?? (weights.some((w) => w.variant === "fp16") ? "fp16" : ""));
  const chosen = weights.filter((weight) => weight.variant === wanted);
  if (chosen.length === 0) {
    const variants = [...new Set(weights.map((weight) => weight.variant || "(plain)"))].join(", ");
    throw registryError(
      "MODEL_FILE_NOT_FOUND",
      `${place} has no ${wanted === "" ? "plain weights" : `weights of variant "${wanted}"`} in ${prefix || "its root"}; it has ${variants}`,
      { folder: prefix, variant: wanted },
    );
  }
  const sharded = chosen.some((weight) => isIndex(weight.file));
  return chosen.map((weight) => weight.file).filter((file) => (isIndex(file) || isShard(file)) === sharded);
}

const isIndex = (file: string) => file.endsWith(".json");
const isShard = (file: string) => /-\d{5}-of-\d{5}[^/]*$/.test(file);

/**
 * The variant of a weight file of diffusers or transformers ("" for the plain one), undefined for other files. Both
 * orders of variant and shard number are in use: `model.fp16-00001-of-00002.safetensors` and
 * `model-00001-of-00002.fp16.safetensors`.
 */
function weightVariant(file: string): string | undefined {
  const match =
    /^(?:diffusion_pytorch_model|model)(?:\.(\w+))?(?:-\d{5}-of-\d{5})?(?:\.(\w+))?\.safetensors(?:\.index(?:\.(\w+))?\.json)?$/.exec(
      file,
    );
  return match === null ? undefined : (match[1] ?? match[2] ?? match[3] ?? "");
}

function onlyFile(inside: readonly string[], place: string): string {
  const candidates = inside.filter((file) => !file.includes("/") && file.endsWith(".safetensors"));
  if (candidates.length === 1) return candidates[0]!;
  if (candidates.length > 1) {
    throw registryError(
      "MODEL_AMBIGUOUS",
      `${place} holds several models: ${candidates.slice(0, 20).join(", ")}. Name one, as in owner/name:${candidates[0]}`,
      { files: candidates },
    );
  }
  if (inside.some((file) => pickles.test(file))) throw onlyPickles(place);
  throw registryError(
    "MODEL_FILE_NOT_FOUND",
    `${place} holds neither a diffusers folder (model_index.json) nor a .safetensors file`,
    { files: inside.slice(0, 20) },
  );
}

function onlyPickles(place: string) {
  return registryError(
    "MODEL_NOT_SAFETENSORS",
    `${place}: the weights are pickled (.bin, .ckpt, .pt), which can run code when they are read. Use a revision or model with .safetensors`,
    { place },
  );
}
