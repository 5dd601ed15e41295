import {
  type Architecture,
  architectureOf,
  type Checkpoint,
  type ClipTextConfig,
  type Component,
  diffusersLayout,
  type FileTree,
  type JsonObject,
  memorySource,
  type OpenCheckpointOptions,
  openCheckpoint,
  parseClipTextConfig,
  parseUNetConfig,
  parseVaeConfig,
  readJsonFile,
  type TextEncoderName,
  type UNetConfig,
  type VaeConfig,
  type WeightRef,
  type Weights,
} from "@sunstep/checkpoint";
import type { SunstepWarning } from "@sunstep/errors";
import type { Model } from "@sunstep/onnx-graph";
import { deriveClipTextConfig } from "./derive/clip-text-config.js";
import { deriveUNetConfig } from "./derive/unet-config.js";
import { deriveVaeConfig } from "./derive/vae-config.js";
import { onnxCheckpointError, onnxCheckpointWarning } from "./errors.js";
import { type OpenedGraph, openGraph } from "./open-graph.js";
import {
  type FoundWeights,
  findWeights,
  LATENTS,
  type Network,
  raisedGraph,
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
  const unet = await openNetwork(files, unetKind, warnings);
  const textEncoder =
    options.textEncoder ?? (await openNetwork(files, textEncoderKind("text_encoder"), warnings));
  const hasSecond = unet.config.addition_embed_type !== null;
  const textEncoder2 = hasSecond
    ? (options.textEncoder2 ?? (await openNetwork(files, textEncoderKind("text_encoder_2"), warnings)))
    : undefined;
  const vae = options.vae ?? (await openVae(files, architectureOf(unet.config), warnings));
  const checkpoint = await openCheckpoint(await asDiffusers(files, hasSecond), {
    ...(options.predictionType && { predictionType: options.predictionType }),
    unet,
    textEncoder,
    ...(textEncoder2 && { textEncoder2 }),
    vae,
  });
  return { ...checkpoint, warnings: [...warnings, ...checkpoint.warnings] };
}

/** A network of a folder, and how its config is found. */
interface NetworkKind<C> {
  readonly folder: string;
  readonly parse: (json: JsonObject, file: string) => C;
  /** From the graph, where the folder has no config. */
  readonly derive: (model: Model, file: string) => C;
  readonly network: (config: C) => Network<C>;
}

const unetKind: NetworkKind<UNetConfig> = {
  folder: "unet",
  parse: parseUNetConfig,
  derive: deriveUNetConfig,
  network: unetNetwork,
};

const textEncoderKind = (folder: TextEncoderName): NetworkKind<ClipTextConfig> => ({
  folder,
  parse: parseClipTextConfig,
  derive: deriveClipTextConfig,
  network: textEncoderNetwork,
});

async function openNetwork<C>(
  files: FileTree,
  kind: NetworkKind<C>,
  warnings: SunstepWarning[],
): Promise<Component<C>> {
  const graph = await requiredGraph(files, kind.folder);
  const config = await configOf(files, graph, kind, warnings);
  return { config, weights: weightsFrom(findWeights(graph, kind.network(config)), graph.file) };
}

/** optimum and diffusers write the VAE's halves as two graphs. */
async function openVae(
  files: FileTree,
  architecture: Architecture,
  warnings: SunstepWarning[],
): Promise<Component<VaeConfig>> {
  const kind: NetworkKind<VaeConfig> = {
    folder: "vae_decoder",
    parse: parseVaeConfig,
    derive: (model, file) => deriveVaeConfig(model, file, architecture),
    network: vaeDecoderNetwork,
  };
  const decoder = await requiredGraph(files, kind.folder);
  const encoder = await openGraph(files, "vae_encoder");
  const config = await configOf(files, decoder, kind, warnings);
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

/** Facts that a config states and a graph does not, by folder. */
const untold: Readonly<Record<string, string>> = {
  unet: "the size of the images that it was trained with",
  vae_decoder: "the scaling factor of latents",
};

/** optimum writes configs, and diffusers none. */
async function configOf<C>(
  files: FileTree,
  graph: OpenedGraph,
  { folder, parse, derive }: NetworkKind<C>,
  warnings: SunstepWarning[],
): Promise<C> {
  const path = `${folder}/config.json`;
  const source = await files.open(path);
  if (source) return parse(await readJsonFile(source), path);
  const facts = untold[folder];
  if (facts !== undefined) {
    warnings.push(
      onnxCheckpointWarning(
        "ONNX_FOLDER_DERIVED_CONFIG",
        `${graph.file}: there is no ${path}; it was derived from the graph, which does not tell ${facts}. Copy the config of ` +
          "the original model there if images look wrong",
        { file: path },
      ),
    );
  }
  return derive(raisedGraph(graph, LATENTS).model, graph.file);
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
