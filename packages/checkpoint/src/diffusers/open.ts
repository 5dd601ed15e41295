import type { SunstepWarning } from "@sunstep/errors";
import { architectureOf, type Checkpoint, type Replacements, type TokenizerFiles } from "../checkpoint.js";
import { checkSchedulerConfig } from "../config/scheduler.js";
import { checkpointError, checkpointWarning } from "../errors.js";
import { checkPath, type FileTree, openFile, readJsonFile } from "../file-tree.js";
import { describeJson } from "../json.js";
import { configParsers, openComponent } from "./component.js";
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

export interface DiffusersOptions extends Replacements {
  /** "fp16" takes the files with .fp16. in their names. */
  readonly variant?: string;
}

export async function openDiffusersFolder(
  files: FileTree,
  { variant, predictionType, ...given }: DiffusersOptions = {},
): Promise<Checkpoint> {
  const unused = await checkModelIndex(files, given);
  const open = { ...(variant && { variant }) };
  const unet = await openComponent("unet", files, { folder: "unet", ...open });
  const ownTextEncoder = given.textEncoder
    ? undefined
    : await openComponent("textEncoder", files, { folder: "text_encoder", ...open });
  const tokenizer = await tokenizerFiles(files, "tokenizer");
  const ownVae = given.vae ? undefined : await openComponent("vae", files, { folder: "vae", ...open });
  const { scheduler } = diffusersLayout;
  const schedulerConfig = checkSchedulerConfig(
    await readJsonFile(await openFile(files, scheduler)),
    scheduler,
  );
  const own = {
    unet,
    ...(ownTextEncoder && { text_encoder: ownTextEncoder }),
    ...(ownVae && { vae: ownVae }),
  };
  return {
    format: "diffusers",
    architecture: architectureOf(unet.config),
    unet,
    textEncoders: [
      { ...(given.textEncoder ?? ownTextEncoder!), name: "text_encoder", ...(tokenizer && { tokenizer }) },
    ],
    vae: given.vae ?? ownVae!,
    schedulerConfig: { ...schedulerConfig, ...(predictionType && { prediction_type: predictionType }) },
    warnings: [
      ...unused,
      ...variantWarnings(own, variant),
      ...Object.values(own).flatMap(({ warnings }) => warnings),
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

/** Components that a pipeline is made of, and those that do not change an image: filters of finished images. */
const KNOWN_COMPONENTS: ReadonlySet<string> = new Set([
  "unet",
  "text_encoder",
  "tokenizer",
  "vae",
  "scheduler",
  "safety_checker",
  "feature_extractor",
]);

/** Returns warnings of components that are not used. */
async function checkModelIndex(files: FileTree, given: Replacements = {}): Promise<SunstepWarning[]> {
  const index = await readJsonFile(await openFile(files, diffusersLayout.index));
  const file = `${files.name ? `${files.name}/` : ""}${diffusersLayout.index}`;
  for (const key of Object.keys(index)) {
    if (!key.startsWith("_")) checkPath(key, file);
  }
  const pipeline = index._class_name;
  const present = (component: string) => Array.isArray(index[component]) && index[component][1] !== null;
  const needed = [
    "unet",
    ...(given.textEncoder ? [] : ["text_encoder"]),
    ...(given.vae ? [] : ["vae"]),
    "scheduler",
  ];
  const whole = needed.every(present);
  if (whole && !present("text_encoder_2") && SUPPORTED.test(String(pipeline))) {
    const unused = Object.keys(index).filter((key) => present(key) && !KNOWN_COMPONENTS.has(key));
    return unused.length === 0 ? [] : [unusedComponents(file, unused)];
  }
  throw checkpointError(
    "CHECKPOINT_UNSUPPORTED",
    `${file}: a model of ${describeJson(pipeline)} is not supported yet, only Stable Diffusion 1.x and 2.x: ` +
      `a unet, a text_encoder, a vae and a scheduler. It has ${Object.keys(index).filter(present).join(", ")}`,
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
