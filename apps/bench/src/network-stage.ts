// One network of a suite in a process of its own, for cold loads and separate peaks of memory: loads the network,
// reports it, then times one evaluation per message.
import { join } from "node:path";
import { openCheckpoint, openComponent, openSafetensors } from "@sunstep/checkpoint";
import { fileSource, folderTree } from "@sunstep/checkpoint/node";
import { downsampleAttention } from "@sunstep/graph-passes";
import { addNag } from "@sunstep/negative-attention";
import { buildTaesdDecoder, buildUNet, buildVaeDecoder } from "@sunstep/networks";
import type { Model } from "@sunstep/onnx-graph";
import type { LoadOptions, Session } from "@sunstep/runtime";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { addSunAdapter, readSunAdapter } from "@sunstep/sun-adapter";
import { type Tensor, TorchGenerator, tensor } from "@sunstep/tensor";
import { peakMemoryMb } from "./machine.js";
import { timed } from "./measure.js";

export interface StageFiles {
  readonly model: string;
  readonly taesd: string;
  readonly sun: string;
  /** Folder of prepared models. */
  readonly cache: string;
}

type Network = "sunUnet" | "unet" | "nagUnet" | "nagOffUnet" | "vaeDecoder" | "taesdDecoder" | "xlUnet";

/**
 * Every network at 512x512, the one of Stable Diffusion XL at 1024x1024. The plain U-Net is a variant of the one with SUN,
 * over the same prepared weights, and so is the one with NAG off. Prefixes are in 8 bits, and with downsampled attention.
 */
export type StageNetwork = `${"" | "int8." | "int8.downsampled."}${Network}`;

/** The first message names the network to load; every later one requests an evaluation. */
export interface StageTask {
  readonly network: StageNetwork;
  readonly files: StageFiles;
}

export interface StageAnswer {
  /** Milliseconds of the load or the evaluation. */
  readonly milliseconds: number;
  readonly peakRssMb: number;
}

const latent = { batch: 1, height: 64, width: 64 };
const xlLatent = { batch: 1, height: 128, width: 128 };
const tokens = 77;

const sunUnet = async (files: StageFiles): Promise<Model> => {
  const { unet } = await openCheckpoint(await folderTree(files.model));
  const adapter = readSunAdapter(await openSafetensors(await fileSource(files.sun)));
  return addSunAdapter(adapter, { negativeTokens: tokens }).run(buildUNet({ ...unet, ...latent, tokens }))
    .model;
};

const nagUnet = async (files: StageFiles): Promise<Model> => {
  const { unet } = await openCheckpoint(await folderTree(files.model));
  return addNag({ negativeTokens: tokens }).run(buildUNet({ ...unet, ...latent, tokens })).model;
};

/** U-Net of the model alone: its folder needs no other network. */
const xlUnet = async ({ model }: StageFiles): Promise<Model> => {
  const unet = await openComponent("unet", folderTree(join(model, "unet")));
  return buildUNet({ ...unet, ...xlLatent, tokens });
};

const models: Record<Network, (files: StageFiles) => Promise<Model>> = {
  sunUnet,
  unet: sunUnet,
  nagUnet,
  nagOffUnet: nagUnet,
  xlUnet,
  vaeDecoder: async ({ model }) =>
    buildVaeDecoder({ ...(await openCheckpoint(await folderTree(model))).vae, ...latent }),
  taesdDecoder: async ({ taesd }) =>
    buildTaesdDecoder({ ...(await openComponent("taesd", await folderTree(taesd))), ...latent }),
};

/** Load options as `Denoiser` of @sunstep/pipeline gives them. */
const halves: LoadOptions = {
  invariantInputs: ["encoder_hidden_states", "negative_hidden_states", "sun_scale"],
};
const negative = tensor(new Float32Array(tokens * 768), [1, tokens, 768]);
const zero = tensor(new Float32Array(1), [1]);
const plain = { sun_scale: zero, negative_hidden_states: negative };

/** The published parameters of NAG, as `nag` of @sunstep/accelerations has them. */
const nagParameters = { nag_scale: 5, nag_tau: 2.5, nag_alpha: 0.25 };
const nagHalves: LoadOptions = {
  invariantInputs: ["encoder_hidden_states", "negative_hidden_states", ...Object.keys(nagParameters)],
};
const nagOff = {
  ...Object.fromEntries(Object.keys(nagParameters).map((name) => [name, zero])),
  negative_hidden_states: negative,
};
const loadOptions: Partial<Record<Network, LoadOptions>> = {
  sunUnet: halves,
  unet: { ...halves, variants: { plain }, variant: "plain" },
  nagUnet: nagHalves,
  nagOffUnet: { ...nagHalves, variants: { plain: nagOff }, variant: "plain" },
  xlUnet: { invariantInputs: ["encoder_hidden_states", "text_embeds", "time_ids"] },
};

const answer = (milliseconds: number) => {
  const message: StageAnswer = { milliseconds, peakRssMb: peakMemoryMb() };
  process.send!(message);
};

process.once("message", async ({ network, files }: StageTask) => {
  const begin = performance.now();
  // The runtime starts while the graph is written, as when a model is loaded.
  const starting = createNodeRuntime({ cache: { folder: files.cache } });
  const name = network.split(".").at(-1) as Network;
  const emitted = await models[name](files);
  const { model } = network.includes("downsampled") ? downsampleAttention.run(emitted) : { model: emitted };
  const options: LoadOptions = {
    ...loadOptions[name],
    ...(network.startsWith("int8.") && { precision: "int8" }),
  };
  const { variant, variants = {} } = options;
  const bound = variant === undefined ? {} : variants[variant]!;
  const session = await (await starting).load(model, { ...options, label: network });
  answer(performance.now() - begin);
  const feeds = randomFeeds(session, bound);
  // Nothing runs until it is asked for: the next network's load is being measured meanwhile.
  process.on("message", async () => {
    answer(await timed(() => session.run(feeds, variant === undefined ? {} : { variant })));
  });
});

/** Random inputs of the sizes that the session takes, except those that are bound. */
function randomFeeds(session: Session, bound: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  const generator = new TorchGenerator(0);
  const scalars: Record<string, number> = { timestep: 499, sun_scale: 1, ...nagParameters };
  return Object.fromEntries(
    session.inputs.flatMap(({ name, shape }) => {
      if (bound[name]) return [];
      const sizes = shape.map(Number);
      const count = sizes.reduce((product, size) => product * size, 1);
      const scalar = scalars[name];
      const numbers = scalar === undefined ? generator.randn(count) : Float32Array.of(scalar);
      return [[name, tensor(numbers, sizes)]];
    }),
  );
}
