import {
  distilledDefaults,
  licenseWarnings,
  type ModelConfigs,
  modelAcceleration,
  type RecognisedMethod,
  recognisedWarning,
  recogniseModel,
} from "@sunstep/accelerations";
import { adaptableWeights, type Checkpoint, type FileTree, openVae } from "@sunstep/checkpoint";
import { openTextEncoders } from "@sunstep/pipeline";
import { EmbeddingFolder } from "../adapters/embedding-folder.js";
import { LoraFolder } from "../adapters/lora-folder.js";
import type { OpenedAcceleration } from "../adapters/open-acceleration.js";
import type { LoadedModel } from "../loaded-model.js";
import { finder, pickedTree } from "./find-files.js";
import type { LoadOptions } from "./load-options.js";
import type { ModelParts } from "./model-parts.js";
import { fileStem, type ModelSource, nameOf } from "./model-source.js";
import { openModel } from "./open-model.js";
import { chooseTaesd } from "./open-taesd.js";
import type { Platform } from "./platform.js";

/** Loads a model with its adapters, as an instance of the class that `make` constructs. Weights stay in their files. */
export async function loadModel<M extends LoadedModel>(
  source: ModelSource,
  options: LoadOptions,
  platform: Platform,
  make: (parts: ModelParts) => M,
): Promise<M> {
  const { signal, variant, predictionType, config, runtime, passes, dtype, attention } = options;
  const find = finder(platform, signal);
  // The runtime starts while the files are looked for.
  const starting = runtime ? Promise.resolve(runtime) : platform.startRuntime();
  starting.catch(() => undefined);
  try {
    const found = await find(source, { revision: options.revision, variant });
    const vae = options.vae && (await openVae((await find(options.vae, { component: "vae" })).files));
    const opened = await openModel(found.files, {
      ...(vae && { vae }),
      ...(variant !== undefined && { variant }),
      ...(predictionType && { predictionType }),
      ...(config && { config }),
      ...(found.beside && { beside: found.beside }),
    });
    const checkpoint = { ...opened, warnings: [...(vae ? vae.warnings : []), ...opened.warnings] };
    const { loraFolder, embeddingFolder } = await openFolders(options, platform);
    const taesd = await chooseTaesd(options.taesd, found.taesd, checkpoint, find);
    const distilled = recogniseModel({
      source: nameOf(source),
      architecture: checkpoint.architecture,
      ...configsOf(checkpoint),
    });
    const model = make({
      name: options.name ?? nameOf(source),
      checkpoint,
      components: {
        ...checkpoint,
        runtime: await starting,
        textEncoders: await openTextEncoders(checkpoint, options.onWarning),
        ...(taesd && { taesd }),
        ...(passes && { passes }),
        ...(dtype !== undefined && { dtype }),
        ...(attention !== undefined && { attention }),
        defaults: {
          ...(distilled && distilledDefaults(distilled, configsOf(checkpoint))),
          ...found.defaults,
        },
      },
      ownsRuntime: runtime === undefined,
      find: finder(platform, undefined),
      ...(loraFolder && {
        loraFolder: new LoraFolder(loraFolder, {
          weights: adaptableWeights(checkpoint),
          architecture: checkpoint.architecture,
        }),
      }),
      ...(embeddingFolder && { embeddingFolder: new EmbeddingFolder(embeddingFolder) }),
      ...(distilled &&
        options.acceleration !== false && {
          ownAcceleration: ownAcceleration(distilled, checkpoint, fileStem(nameOf(source))),
        }),
      writeFile: platform.writeFile,
      onWarning: options.onWarning,
    });
    await model.loadAdapters(options, found);
    return model;
  } catch (error) {
    if (!runtime) starting.then((started) => started.dispose()).catch(() => undefined);
    throw error;
  }
}

/** The options that are folders of adapters, with their names on the command line. */
const folderOptions = { loraFolder: "--lora-dir", embeddingFolder: "--embedding-dir" } as const;

type Folders = Partial<Record<keyof typeof folderOptions, FileTree>>;

async function openFolders(options: LoadOptions, platform: Platform): Promise<Folders> {
  const folders: Folders = {};
  for (const [option, flag] of Object.entries(folderOptions) as [keyof Folders, string][]) {
    const folder = options[option];
    if (folder === undefined) continue;
    folders[option] =
      typeof folder === "string"
        ? await platform.openFolder(folder, `${option} (${flag})`)
        : pickedTree(folder);
  }
  return folders;
}

const configsOf = ({ schedulerConfig, unet }: Checkpoint): ModelConfigs => ({
  schedulerConfig,
  unet: unet.config,
});

/** A model's own config is sure; a name may mislead. */
function ownAcceleration(
  distilled: RecognisedMethod,
  checkpoint: Checkpoint,
  label: string,
): OpenedAcceleration {
  return {
    acceleration: modelAcceleration(distilled, configsOf(checkpoint), label),
    warnings: [
      ...(distilled.by === "config" ? [] : [recognisedWarning(label, distilled)]),
      ...licenseWarnings(label, distilled.method),
    ],
  };
}
