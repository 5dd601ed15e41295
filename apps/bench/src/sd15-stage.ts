// Part of the sd15 suite in a process of its own, so that loads are cold for it and peaks of memory are its own: loads
// one network, says so, then times one evaluation for each message it gets.
import { openCheckpoint, openComponent, openSafetensors } from "@sunstep/checkpoint";
import { fileSource, folderTree } from "@sunstep/checkpoint/node";
import { splitInvariant } from "@sunstep/graph-passes";
import { buildTaesdDecoder, buildUNet, buildVaeDecoder } from "@sunstep/networks";
import { bindInputs, float32Data, type Model } from "@sunstep/onnx-graph";
import type { Feeds, Session } from "@sunstep/runtime";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { addSunAdapter, readSunAdapter } from "@sunstep/sun-adapter";
import { type Tensor, TorchGenerator, tensor } from "@sunstep/tensor";
import { peakMemoryMb } from "./machine.js";
import { timed } from "./measure.js";

export interface Sd15Files {
  readonly model: string;
  readonly taesd: string;
  readonly sun: string;
  /** Where prepared models are kept. */
  readonly cache: string;
}

/** Every network at 512x512; the plain U-Net is cut out of the one with SUN, over the same prepared weights. */
export type Sd15Network = "sunUnet" | "unet" | "vaeDecoder" | "taesdDecoder";

/** First message: what to load. Every later one: evaluate. */
export interface Sd15Task {
  readonly network: Sd15Network;
  readonly files: Sd15Files;
}

export interface Sd15Answer {
  /** Of the load, or of the evaluation. */
  readonly milliseconds: number;
  readonly peakRssMb: number;
}

const latent = { batch: 1, height: 64, width: 64 };
const tokens = 77;

const sunUnet = async (files: Sd15Files): Promise<Model> => {
  const { unet } = await openCheckpoint(await folderTree(files.model));
  const adapter = readSunAdapter(await openSafetensors(await fileSource(files.sun)));
  return addSunAdapter(adapter, { negativeTokens: tokens }).run(buildUNet({ ...unet, ...latent, tokens }))
    .model;
};

const models: Record<Sd15Network, (files: Sd15Files) => Promise<Model>> = {
  sunUnet,
  unet: sunUnet,
  vaeDecoder: async ({ model }) =>
    buildVaeDecoder({ ...(await openCheckpoint(await folderTree(model))).vae, ...latent }),
  taesdDecoder: async ({ taesd }) =>
    buildTaesdDecoder({ ...(await openComponent("taesd", await folderTree(taesd))), ...latent }),
};

/** What `Denoiser` of @sunstep/pipeline makes of a U-Net: one half runs once for each prompt, the other at every step. */
const halves = (model: Model): Record<string, Model> => ({
  ...splitInvariant(model, ["encoder_hidden_states", "negative_hidden_states", "sun_scale"]),
});

/** What is cut out of a network; the last part is the one that is timed. */
const cuts: Partial<Record<Sd15Network, (model: Model) => Record<string, Model>>> = {
  sunUnet: halves,
  unet: (model) => halves(bindInputs({ sun_scale: float32Data([0], [1]) }).run(model).model),
};

const answer = (milliseconds: number) => {
  const message: Sd15Answer = { milliseconds, peakRssMb: peakMemoryMb() };
  process.send!(message);
};

process.once("message", async ({ network, files }: Sd15Task) => {
  const begin = performance.now();
  const runtime = await createNodeRuntime({ cache: { folder: files.cache } });
  const model = await models[network](files);
  const { [network]: cut = (whole: Model) => ({ whole }) } = cuts;
  const sessions = Object.values(await runtime.loadParts<string>(model, cut, { label: network }));
  const feeds = feedsOfLast(sessions);
  process.on("message", async () => {
    const given = await feeds;
    answer(await timed(() => sessions.at(-1)!.run(given)));
  });
  answer(performance.now() - begin);
});

/** Random inputs for the last session; what the ones before it give stays in the runtime, as in the pipeline. */
async function feedsOfLast([session, ...rest]: readonly Session[], given: Feeds = {}): Promise<Feeds> {
  const feeds = { ...given, ...randomFeeds(session!, given) };
  if (rest.length === 0) return feeds;
  const { kept } = await session!.runKeeping(
    feeds,
    session!.outputs.map(({ name }) => name),
  );
  return feedsOfLast(rest, kept);
}

/** Inputs of the sizes that the session takes, but for those that are given. */
function randomFeeds(session: Session, given: Feeds): Record<string, Tensor> {
  const generator = new TorchGenerator(0);
  const scalars: Record<string, number> = { timestep: 499, sun_scale: 1 };
  return Object.fromEntries(
    session.inputs.flatMap(({ name, shape }) => {
      if (given[name]) return [];
      const sizes = shape.map(Number);
      const count = sizes.reduce((product, size) => product * size, 1);
      const scalar = scalars[name];
      const numbers = scalar === undefined ? generator.randn(count) : Float32Array.of(scalar);
      return [[name, tensor(numbers, sizes)]];
    }),
  );
}
