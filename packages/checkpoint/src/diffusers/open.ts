import type { SunstepWarning } from "@sunstep/errors";
import {
  type Architecture,
  architectureOf,
  type Checkpoint,
  type Component,
  type ComponentConfigs,
  type Replacements,
  type TextEncoder,
  type TextEncoderName,
  type TokenizerFiles,
} from "../checkpoint.js";
import type { ClipTextConfig } from "../config/clip-text.js";
import { checkSchedulerConfig } from "../config/scheduler.js";
import type { UNetConfig } from "../config/unet.js";
import { checkpointError, checkpointWarning } from "../errors.js";
import { checkPath, type FileTree, openFile, readJsonFile } from "../file-tree.js";
import { givenVae } from "../given-vae.js";
import { describeJson } from "../json.js";
import { checkXlWidths } from "../xl-widths.js";
import { configParsers, type OpenedComponent, openComponent } from "./component.js";
import { diffusersLayout } from "./layout.js";

/** The kinds of a pipeline's networks by their folders, in the order in which they are opened. */
const kinds = {
  unet: "unet",
  text_encoder: "textEncoder",
  text_encoder_2: "textEncoder",
  vae: "vae",
} as const;

type Folder = keyof typeof kinds;

/**
 * Pipelines of a U-Net, CLIP text encoders and a VAE. The U-Net's config says whether a latent consistency model needs more
 * than that.
 */
const SUPPORTED = /^(LatentConsistencyModel|StableDiffusion(?!3|Upscale|LatentUpscale))\w*Pipeline$/;

export interface DiffusersOptions extends Replacements {
  /** "fp16" takes the files with .fp16. in their names. */
  readonly variant?: string;
}

export async function openDiffusersFolder(
  files: FileTree,
  { variant, predictionType, ...given }: DiffusersOptions = {},
): Promise<Checkpoint> {
  const { isXl, zeroNegative, warnings } = await readModelIndex(files, given);
  const own: Partial<Record<Folder, OpenedComponent<unknown>>> = {};
  const open = async <F extends Folder>(
    folder: F,
  ): Promise<OpenedComponent<ComponentConfigs[(typeof kinds)[F]]>> => {
    const options = { folder, ...(variant && { variant }) };
    const opened = await openComponent(kinds[folder], files, options);
    own[folder] = opened;
    return opened;
  };
  const unet = given.unet ?? (await open("unet"));
  const architecture = checkArchitecture(unet.config, isXl, files);
  const encoder = async (
    name: TextEncoderName,
    replacement: Component<ClipTextConfig> | undefined,
    tokenizer: string,
  ): Promise<TextEncoder> => {
    const opened = replacement ?? (await open(name));
    const tokenizerSources = await tokenizerFiles(files, tokenizer);
    return { ...opened, name, ...(tokenizerSources && { tokenizer: tokenizerSources }) };
  };
  const [tokenizer, tokenizer2] = diffusersLayout.tokenizers;
  const first = await encoder("text_encoder", given.textEncoder, tokenizer);
  const second = isXl ? await encoder("text_encoder_2", given.textEncoder2, tokenizer2) : undefined;
  if (second) checkXlWidths(unet.config, [first.config, second.config], placeOfIndex(files));
  const vae = givenVae(given, architecture) ?? (await open("vae"));
  const { scheduler } = diffusersLayout;
  const schedulerConfig = checkSchedulerConfig(
    await readJsonFile(await openFile(files, scheduler)),
    scheduler,
  );
  return {
    format: "diffusers",
    architecture,
    unet,
    textEncoders: second ? [first, second] : [first],
    vae,
    schedulerConfig: { ...schedulerConfig, ...(predictionType && { prediction_type: predictionType }) },
    zeroNegative,
    warnings: [
      ...warnings,
      ...variantWarnings(own, variant),
      ...Object.values(own).flatMap((opened) => opened.warnings),
    ],
  };
}

/**
 * Checks the index and the configs of a diffusers folder, and reads no weights: enough to refuse a model before its
 * weights are downloaded.
 * @throws SunstepError CHECKPOINT_…
 */
export async function checkDiffusersConfigs(files: FileTree): Promise<void> {
  const { isXl } = await readModelIndex(files);
  const read = async <F extends Folder>(folder: F): Promise<ComponentConfigs[(typeof kinds)[F]]> => {
    const path = `${folder}/${diffusersLayout.networks[folder].config}`;
    return configParsers[kinds[folder]](await readJsonFile(await openFile(files, path)), path);
  };
  const unet = await read("unet");
  checkArchitecture(unet, isXl, files);
  const first = await read("text_encoder");
  if (isXl) checkXlWidths(unet, [first, await read("text_encoder_2")], placeOfIndex(files));
  await read("vae");
}

/** The networks of a folder of ONNX graphs whose configs tell whether they are supported. */
const graphConfigs = {
  unet: "unet",
  text_encoder: "textEncoder",
  text_encoder_2: "textEncoder",
  vae_decoder: "vae",
} as const;

/**
 * Checks the configs that a folder of ONNX graphs has: exporters write all or none of them. Reads no graphs.
 * @throws SunstepError CHECKPOINT_…
 */
export async function checkGraphConfigs(files: FileTree): Promise<void> {
  for (const [folder, kind] of Object.entries(graphConfigs)) {
    const path = `${folder}/config.json`;
    const source = await files.open(path);
    if (source) configParsers[kind](await readJsonFile(source), path);
  }
}

/** Components that a pipeline is made of, and those that do not change an image: filters of finished images. */
const KNOWN_COMPONENTS: ReadonlySet<string> = new Set([
  "unet",
  "text_encoder",
  "text_encoder_2",
  "tokenizer",
  "tokenizer_2",
  "vae",
  "scheduler",
  "safety_checker",
  "feature_extractor",
]);

const placeOfIndex = ({ name }: FileTree): string => `${name ? `${name}/` : ""}${diffusersLayout.index}`;

interface ModelIndex {
  /** Stable Diffusion XL. */
  readonly isXl: boolean;
  readonly zeroNegative: boolean;
  /** Warnings of components that are not used. */
  readonly warnings: readonly SunstepWarning[];
}

async function readModelIndex(files: FileTree, given: Replacements = {}): Promise<ModelIndex> {
  const index = await readJsonFile(await openFile(files, diffusersLayout.index));
  const file = placeOfIndex(files);
  for (const key of Object.keys(index)) {
    if (!key.startsWith("_")) checkPath(key, file);
  }
  const pipeline = String(index._class_name);
  const isXl = /^StableDiffusionXL/.test(pipeline);
  const present = (component: string) => Array.isArray(index[component]) && index[component][1] !== null;
  if (isXl && !present("text_encoder") && !given.textEncoder && present("text_encoder_2")) {
    throw checkpointError(
      "CHECKPOINT_UNSUPPORTED",
      `${file}: this is a Stable Diffusion XL refiner, which has no first text encoder; it is not supported. Open the base ` +
        "model, and refine its images with image-to-image",
      { file, pipeline },
    );
  }
  const needed = [
    ...(given.unet ? [] : ["unet"]),
    ...(given.textEncoder ? [] : ["text_encoder"]),
    ...(isXl && !given.textEncoder2 ? ["text_encoder_2"] : []),
    ...(given.vae ? [] : ["vae"]),
    "scheduler",
  ];
  const isWhole = needed.every(present) && (isXl || !present("text_encoder_2"));
  if (isWhole && SUPPORTED.test(pipeline)) {
    const unused = Object.keys(index).filter((key) => present(key) && !KNOWN_COMPONENTS.has(key));
    return {
      isXl,
      // diffusers' default for Stable Diffusion XL is true.
      zeroNegative: isXl && index.force_zeros_for_empty_prompt !== false,
      warnings: unused.length === 0 ? [] : [unusedComponents(file, unused)],
    };
  }
  throw checkpointError(
    "CHECKPOINT_UNSUPPORTED",
    `${file}: a model of ${describeJson(pipeline)} is not supported yet, only Stable Diffusion 1.x, 2.x and XL: a unet, a ` +
      "text_encoder, in XL a text_encoder_2, a vae and a scheduler. It has " +
      Object.keys(index).filter(present).join(", "),
    { file, pipeline },
  );
}

function unusedComponents(file: string, unused: readonly string[]): SunstepWarning {
  return checkpointWarning(
    "CHECKPOINT_UNUSED_COMPONENTS",
    `${file}: the model also has ${unused.join(", ")}, which is not used here: images are those of the plain model`,
    { file, components: unused },
  );
}

function checkArchitecture(unet: UNetConfig, isXl: boolean, files: FileTree): Architecture {
  const architecture = architectureOf(unet);
  if ((architecture === "sdxl") === isXl) return architecture;
  const file = "unet/config.json";
  throw checkpointError(
    "CHECKPOINT_CONFIG",
    `${files.name ? `${files.name}/` : ""}${file}: addition_embed_type ${describeJson(unet.addition_embed_type)} is the ` +
      `U-Net of ${isXl ? "Stable Diffusion 1.x or 2.x" : "Stable Diffusion XL"}, and ${diffusersLayout.index} is another ` +
      "model's",
    { file, field: "addition_embed_type" },
  );
}

async function tokenizerFiles(files: FileTree, folder: string): Promise<TokenizerFiles | undefined> {
  const found: [string, Awaited<ReturnType<typeof openFile>>][] = [];
  for (const name of Object.values(diffusersLayout.tokenizerFiles)) {
    const source = await files.open(`${folder}/${name}`);
    if (source) found.push([name, source]);
  }
  return found.length > 0 ? Object.fromEntries(found) : undefined;
}

/** diffusers takes the other files where some components lack the variant, and refuses where all do; so do we. */
function variantWarnings(
  components: Readonly<Record<string, { readonly variant?: string }>>,
  variant: string | undefined,
): SunstepWarning[] {
  const others = Object.entries(components).filter(([, component]) => component.variant !== variant);
  if (variant && others.length === Object.keys(components).length) {
    throw checkpointError(
      "CHECKPOINT_FILE_MISSING",
      `no component has weights of the variant ${JSON.stringify(variant)}. Leave the option out`,
      { variant },
    );
  }
  const spell = (name: string | undefined) =>
    name ? `files of the variant ${name}` : "files without a variant";
  return others.map(([name, component]) =>
    checkpointWarning(
      "CHECKPOINT_OTHER_VARIANT",
      `${name}: there are no ${spell(variant)}; the ${spell(component.variant)} were taken`,
      { component: name, variant, taken: component.variant },
    ),
  );
}
