import type { SunstepWarning } from "@sunstep/errors";
import {
  architectureOf,
  type Checkpoint,
  type TextEncoder,
  type TextEncoderName,
  type TokenizerFiles,
} from "../checkpoint.js";
import type { ClipTextConfig } from "../config/clip-text.js";
import { checkSchedulerConfig } from "../config/scheduler.js";
import { checkpointError, checkpointWarning } from "../errors.js";
import { checkPath, type FileTree, openFile, readJsonFile } from "../file-tree.js";
import { describeJson } from "../json.js";
import { configParsers, type OpenedComponent, openComponent } from "./component.js";
import { diffusersLayout } from "./layout.js";

/** The kinds of a pipeline's networks, and their folders. */
const NETWORKS = [
  ["unet", "unet"],
  ["textEncoder", "text_encoder"],
  ["vae", "vae"],
] as const;

/**
 * Pipelines of a U-Net, one CLIP text encoder and a VAE. The U-Net's config says whether a latent consistency model
 * needs more than that.
 */
const SUPPORTED = /^(LatentConsistencyModel|StableDiffusion(?!XL|3|Upscale|LatentUpscale))\w*Pipeline$/;

export async function openDiffusersFolder(files: FileTree, variant: string | undefined): Promise<Checkpoint> {
  await checkModelIndex(files);
  const unet = await openComponent("unet", files, { folder: "unet", ...(variant && { variant }) });
  const textEncoder = await openTextEncoder(files, "text_encoder", "tokenizer", variant);
  const vae = await openComponent("vae", files, { folder: "vae", ...(variant && { variant }) });
  const { scheduler } = diffusersLayout;
  const schedulerConfig = checkSchedulerConfig(
    await readJsonFile(await openFile(files, scheduler)),
    scheduler,
  );
  return {
    format: "diffusers",
    architecture: architectureOf(unet.config),
    unet,
    textEncoders: [textEncoder],
    vae,
    schedulerConfig,
    warnings: [
      ...variantWarnings({ unet, text_encoder: textEncoder, vae }, variant),
      ...[unet, textEncoder, vae].flatMap(({ warnings }) => warnings),
    ],
  };
}

/**
 * Checks the index and the configs of a diffusers folder, and reads no weights: enough to refuse a model before its
 * weights are downloaded.
 * @throws SunstepError CHECKPOINT_…
 */
export async function checkDiffusersConfigs(files: FileTree): Promise<void> {
  await checkModelIndex(files);
  for (const [kind, folder] of NETWORKS) {
    const path = `${folder}/${diffusersLayout.networks[folder].config}`;
    configParsers[kind](await readJsonFile(await openFile(files, path)), path);
  }
}

async function checkModelIndex(files: FileTree): Promise<void> {
  const index = await readJsonFile(await openFile(files, diffusersLayout.index));
  const file = `${files.name ? `${files.name}/` : ""}${diffusersLayout.index}`;
  for (const key of Object.keys(index)) {
    if (!key.startsWith("_")) checkPath(key, file);
  }
  const pipeline = index._class_name;
  const present = (component: string) => Array.isArray(index[component]) && index[component][1] !== null;
  const whole = ["unet", "text_encoder", "vae", "scheduler"].every(present);
  if (whole && !present("text_encoder_2") && SUPPORTED.test(String(pipeline))) return;
  throw checkpointError(
    "CHECKPOINT_UNSUPPORTED",
    `${file}: a model of ${describeJson(pipeline)} is not supported yet, only Stable Diffusion 1.x and 2.x: ` +
      `a unet, a text_encoder, a vae and a scheduler. It has ${Object.keys(index).filter(present).join(", ")}`,
    { file, pipeline },
  );
}

async function openTextEncoder(
  files: FileTree,
  name: TextEncoderName,
  tokenizerFolder: string,
  variant: string | undefined,
): Promise<TextEncoder & OpenedComponent<ClipTextConfig>> {
  const encoder = await openComponent("textEncoder", files, { folder: name, ...(variant && { variant }) });
  const tokenizer = await tokenizerFiles(files, tokenizerFolder);
  return { ...encoder, name, ...(tokenizer && { tokenizer }) };
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
