import {
  type Checkpoint,
  type ClipTextConfig,
  type Component,
  diffusersLayout,
  type FileTree,
  type JsonObject,
  memorySource,
  openCheckpoint,
  type OpenCheckpointOptions,
  parseClipTextConfig,
  parseUNetConfig,
  parseVaeConfig,
  readJsonFile,
  type UNetConfig,
  type VaeConfig,
  type WeightRef,
  type Weights,
} from "@sunstep/checkpoint";
import type { SunstepWarning } from "@sunstep/errors";
import { onnxCheckpointError, onnxCheckpointWarning } from "./errors.js";
import { openGraph, type OpenedGraph } from "./open-graph.js";
import {
  findWeights,
  type FoundWeights,
  type Network,
  textEncoderNetwork,
  unetNetwork,
  vaeDecoderNetwork,
  vaeEncoderNetwork,
} from "./recognize.js";

const { graphs } = diffusersLayout;

/** Facts and networks that the folder lacks, or that replace its own. */
export type OnnxFolderOptions = Pick<
  OpenCheckpointOptions,
  "predictionType" | "textEncoder" | "textEncoder2" | "vae"
>;

/**
 * Opens a folder of ONNX graphs, as optimum and diffusers write it, as a checkpoint: each graph is raised and compared with our
 * network of its config, which tells the names of its weights. The weights stay in their files, and adapters apply to
 * them as to those of any checkpoint.
 * @throws SunstepError ONNX_…, CHECKPOINT_…
 */
export async function openOnnxFolder(files: FileTree, options: OnnxFolderOptions = {}): Promise<Checkpoint> {
  const warnings: SunstepWarning[] = [];
  const unet = await openNetwork(files, "unet", parseUNetConfig, unetNetwork);
  const textEncoder = options.textEncoder ?? (await openTextEncoder(files, "text_encoder"));
  const hasSecond = unet.config.addition_embed_type !== null;
  const textEncoder2 = hasSecond
    ? (options.textEncoder2 ?? (await openTextEncoder(files, "text_encoder_2")))
    : undefined;
  const vae = options.vae ?? (await openVae(files, warnings));
  const checkpoint = await openCheckpoint(await asDiffusers(files, hasSecond), {
    ...(options.predictionType && { predictionType: options.predictionType }),
    unet,
    textEncoder,
    ...(textEncoder2 && { textEncoder2 }),
    vae,
  });
  return { ...checkpoint, warnings: [...warnings, ...checkpoint.warnings] };
}

const openTextEncoder = (files: FileTree, folder: string): Promise<Component<ClipTextConfig>> =>
  openNetwork(files, folder, parseClipTextConfig, textEncoderNetwork);

async function openNetwork<C>(
  files: FileTree,
  folder: string,
  parse: (json: JsonObject, file: string) => C,
  network: (config: C) => Network<C>,
): Promise<Component<C>> {
  const graph = await requiredGraph(files, folder);
  const config = await readConfig(files, folder, parse);
  return { config, weights: weightsFrom(findWeights(graph, network(config)), graph.file) };
}

/** optimum and diffusers write the VAE's halves as two graphs. */
async function openVae(files: FileTree, warnings: SunstepWarning[]): Promise<Component<VaeConfig>> {
  const decoder = await requiredGraph(files, "vae_decoder");
  const encoder = await openGraph(files, "vae_encoder");
  const config = await readConfig(files, "vae_decoder", parseVaeConfig);
  if (!encoder) {
    warnings.push(
      onnxCheckpointWarning(
        "ONNX_FOLDER_NO_ENCODER",
        `${files.name ?? "the folder"} has no vae_encoder/${graphs.file}: images can be made, but none can be given`,
        { file: `vae_encoder/${graphs.file}` },
      ),
    );
  }
  const found = [
    ...findWeights(decoder, vaeDecoderNetwork(config)),
    ...(encoder ? findWeights(encoder, vaeEncoderNetwork(config)) : []),
  ];
  return { config, weights: weightsFrom(new Map(found), decoder.file) };
}

async function requiredGraph(files: FileTree, folder: string): Promise<OpenedGraph> {
  const graph = await openGraph(files, folder);
  if (graph) return graph;
  throw missing(files, `${folder}/${graphs.file}`, "Export the whole pipeline");
}

async function readConfig<C>(
  files: FileTree,
  folder: string,
  parse: (json: JsonObject, file: string) => C,
): Promise<C> {
  const path = `${folder}/config.json`;
  const source = await files.open(path);
  if (!source) throw missing(files, path, "Take it from the model that was exported");
  return parse(await readJsonFile(source), path);
}

function missing(files: FileTree, file: string, advice: string): Error {
  return onnxCheckpointError(
    "ONNX_FOLDER_FILE_MISSING",
    `${files.name ?? "the folder"}: file ${file} is missing. ${advice}`,
    { file },
  );
}

function weightsFrom(found: FoundWeights, where: string): Weights {
  return {
    names: () => [...found.keys()],
    has: (name) => found.has(name),
    get(name): WeightRef {
      const weight = found.get(name);
      if (weight) return weight;
      throw onnxCheckpointError("ONNX_GRAPH_WEIGHT", `${where}: the graph has no weight ${name}`, {
        file: where,
        weight: name,
      });
    },
  };
}

/** The pipelines' names of diffusers, by the number of text encoders. */
const PIPELINES = ["StableDiffusionPipeline", "StableDiffusionXLPipeline"] as const;

/** The folder with the index that diffusers would write: exporters name their own classes in it. */
async function asDiffusers(files: FileTree, isXl: boolean): Promise<FileTree> {
  const path = diffusersLayout.index;
  const own = await files.open(path);
  const index = own ? await readJsonFile(own) : {};
  const components = Object.keys(index).filter((key) => !key.startsWith("_") && !/^vae_|^unet$/.test(key));
  const plain = {
    ...Object.fromEntries(components.map((key) => [key, index[key]])),
    _class_name: PIPELINES[isXl ? 1 : 0],
    scheduler: ["diffusers", "SchedulerMixin"],
    ...(index.force_zeros_for_empty_prompt !== undefined && {
      force_zeros_for_empty_prompt: index.force_zeros_for_empty_prompt,
    }),
  };
  const bytes = new TextEncoder().encode(JSON.stringify(plain));
  return {
    ...(files.name !== undefined && { name: files.name }),
    list: () => files.list(),
    open: async (file) => (file === path ? memorySource(bytes, path) : files.open(file)),
  };
}
