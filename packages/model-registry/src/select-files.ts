// Chooses the files of a repository that a Stable Diffusion pipeline needs, by the list of their paths alone: the choice
// is the same before a download, offline, and in a browser.

import { diffusersLayout, isGraphFolder, isPickle, parseWeightFileName } from "@sunstep/checkpoint";
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
   * Chooses among variants of the weights: "fp16" picks `*.fp16.safetensors`, null the plain files. Default: fp16 where it
   * exists, else plain.
   */
  readonly variant?: string | null | undefined;
  /** Selects only the folder of this network, if the model is a whole pipeline. */
  readonly component?: PipelineComponent | undefined;
}

/** A network of a pipeline, by its folder: "unet", "vae", "text_encoder", … */
export type PipelineComponent = keyof typeof diffusersLayout.networks;

const { index, scheduler, networks, graphs, tokenizers, tokenizerFiles } = diffusersLayout;

/** The small files of a pipeline. */
export const configPaths: readonly string[] = [
  index,
  scheduler,
  ...Object.entries(networks).map(([folder, { config }]) => `${folder}/${config}`),
  ...tokenizers.flatMap((folder) => Object.values(tokenizerFiles).map((file) => `${folder}/${file}`)),
];

/** Chooses among `paths`, all files of the repository. `where` names it in error messages. */
export function selectFiles(
  paths: readonly string[],
  where: string,
  options: SelectOptions = {},
): FileSelection {
  const { path = "", variant, component } = options;
  if (path !== "" && paths.includes(path)) {
    if (isPickle(path)) throw onlyPickles(`${where}:${path}`);
    return { kind: "file", root: path, files: [path] };
  }
  const prefix = path === "" ? "" : `${path}/`;
  const inside = paths.filter((file) => file.startsWith(prefix)).map((file) => file.slice(prefix.length));
  if (inside.length === 0) {
    throw registryError("MODEL_FILE_NOT_FOUND", `${where} has no file or folder ${JSON.stringify(path)}`, {
      file: path,
    });
  }
  if (component !== undefined && inside.includes(index))
    return selectFiles(paths, where, { path: prefix + component, variant });
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
  if (isGraphFolder(inside) && !inside.some(isRootFile)) return selectGraphs(inside, place);
  if (inside.includes(index) || inside.includes("unet/config.json")) {
    // Many older repositories have the folders pickled, and one .safetensors file beside them.
    if (!hasWeights(inside, "unet/") && inside.some(isRootFile)) return undefined;
    const present = new Set(inside);
    const weights = Object.keys(networks).flatMap((folder) =>
      selectWeights(inside, `${folder}/`, place, variant),
    );
    if (!weights.some((file) => file.startsWith("unet/"))) {
      throw registryError(
        "MODEL_FILE_NOT_FOUND",
        `${place} has no U-Net, so it is not Stable Diffusion 1.x, 2.x or XL`,
        {
          folder: "unet",
        },
      );
    }
    return [...configPaths.filter((file) => present.has(file)), ...weights];
  }
  if (!inside.includes("config.json")) return undefined;
  return ["config.json", ...selectWeights(inside, "", place, variant)];
}

/** Selects ONNX graphs with the files beside them, any of which may hold their weights. */
function selectGraphs(inside: readonly string[], place: string): string[] {
  const missing = graphs.required.find((folder) => !inside.includes(`${folder}/${graphs.file}`));
  if (missing !== undefined) {
    const file = `${missing}/${graphs.file}`;
    throw registryError(
      "MODEL_FILE_NOT_FOUND",
      `${place} has the U-Net as an ONNX graph, and no ${file}: it is not an export of a whole pipeline of Stable Diffusion`,
      { file },
    );
  }
  const beside = graphs.folders.flatMap((folder) => besideGraph(inside, folder));
  return [...inside.filter((file) => small.has(file)), ...beside.filter((file) => !small.has(file))];
}

const small: ReadonlySet<string> = new Set(configPaths);

/** Models of other programs that repositories keep beside a graph. */
const OTHER_FORM =
  /\.(safetensors|msgpack|h5|xml|ort|engine|plan|tflite|ckpt|pth?|md|txt)$|(openvino|pytorch)_model.*\.bin$/i;

/** Returns the files of a folder that are its graph's: a graph may keep its weights in files of any name. */
function besideGraph(inside: readonly string[], folder: string): string[] {
  const names = inside.flatMap((file) => {
    const name = file.startsWith(`${folder}/`) ? file.slice(folder.length + 1) : "/";
    return name.includes("/") ? [] : [name];
  });
  // Further graphs, as a quantized one, with their "model_quantized.onnx_data".
  const others = names.filter((name) => name.endsWith(".onnx") && name !== graphs.file);
  const isOther = (name: string) => OTHER_FORM.test(name) || others.some((other) => name.startsWith(other));
  return names.filter((name) => !isOther(name)).map((name) => `${folder}/${name}`);
}

const isRootFile = (file: string) => !file.includes("/") && file.endsWith(".safetensors");

const hasWeights = (inside: readonly string[], prefix: string) =>
  inside.some(
    (file) => file.startsWith(prefix) && parseWeightFileName(file.slice(prefix.length)) !== undefined,
  );

/** Selects the weights of one component: one file, or an index and its shards. */
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
    const found = parseWeightFileName(file);
    return found ? [{ file: prefix + file, ...found }] : [];
  });
  if (weights.length === 0) {
    if (here.some(isPickle)) throw onlyPickles(`${place}, ${prefix || "root"}`);
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
  const sharded = chosen.some(({ part }) => part === "index");
  return chosen.filter(({ part }) => (part !== "whole") === sharded).map(({ file }) => file);
}

function onlyFile(inside: readonly string[], place: string): string {
  const candidates = inside.filter(isRootFile);
  if (candidates.length === 1) return candidates[0]!;
  if (candidates.length > 1) {
    throw registryError(
      "MODEL_AMBIGUOUS",
      `${place} holds several models: ${candidates.slice(0, 20).join(", ")}. Name one, as in owner/name:${candidates[0]}`,
      { files: candidates },
    );
  }
  if (inside.some(isPickle)) throw onlyPickles(place);
  throw registryError(
    "MODEL_FILE_NOT_FOUND",
    `${place} holds neither a diffusers folder (${index}) nor a .safetensors file`,
    { files: inside.slice(0, 20) },
  );
}

function onlyPickles(place: string) {
  return registryError(
    "MODEL_NOT_SAFETENSORS",
    `${place}: the weights are pickled (.bin, .ckpt, .pt), which can run code when they are read. Use a revision or model with .safetensors files`,
    { place },
  );
}
