// One stage of the sd15 suite, in a process of its own: gets its task as a message, sends its figures back.
import { openCheckpoint, openComponent, openSafetensors } from "@sunstep/checkpoint";
import { fileSource, folderTree } from "@sunstep/checkpoint/node";
import { buildTaesdDecoder, buildUNet, buildVaeDecoder } from "@sunstep/networks";
import { bindInputs, float32Data, type Model } from "@sunstep/onnx-graph";
import type { LoadOptions, Runtime, Session } from "@sunstep/runtime";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { addSunAdapter, readSunAdapter } from "@sunstep/sun-adapter";
import { type Tensor, TorchGenerator, tensor } from "@sunstep/tensor";
import { peakMemoryMb } from "./machine.js";
import { interleaved, timed } from "./measure.js";
import type { SuiteResult } from "./report.js";

export interface Sd15Files {
  readonly model: string;
  readonly taesd: string;
  readonly sun: string;
  /** Where prepared models are kept. */
  readonly cache: string;
}

export interface Sd15Stage {
  readonly stage: "first-load" | "unet" | "decoders";
  readonly files: Sd15Files;
  readonly runs: number;
}

/** 512x512 pixels. */
const latent = { batch: 1, height: 64, width: 64 };
const tokens = 77;
const generator = new TorchGenerator(0);

process.once("message", async (task: Sd15Stage) => {
  process.send!(await runStage(task));
  process.disconnect();
});

async function runStage({ stage, files, runs }: Sd15Stage): Promise<SuiteResult> {
  const runtime = await createNodeRuntime({ cache: { folder: files.cache } });
  try {
    if (stage === "first-load") return await firstLoad(runtime, files);
    return stage === "unet" ? await unet(runtime, files, runs) : await decoders(runtime, files, runs);
  } finally {
    await runtime.dispose();
  }
}

/** The U-Net with SUN, from the float16 files to a session that is ready, nothing prepared. */
async function firstLoad(runtime: Runtime, files: Sd15Files): Promise<SuiteResult> {
  const model = await sunUnet(files);
  const firstLoadMs = await timed(() => runtime.load(model, { label: "unet" }));
  return { firstLoadMs, peakRssMb: peakMemoryMb() };
}

/** The same from the cache, and one evaluation of it with SUN and without. */
async function unet(runtime: Runtime, files: Sd15Files, runs: number): Promise<SuiteResult> {
  const begin = performance.now();
  const model = await sunUnet(files);
  const sun = await runtime.load(model, { label: "unet" });
  const cachedLoadMs = performance.now() - begin;
  const plain = await runtime.load(model, { label: "unet", ...withoutSun });
  const times = await interleaved({ unet: evaluation(plain), sunUnet: evaluation(sun) }, runs);
  return {
    cachedLoadMs,
    ...times,
    sunOverPlain: times.sunUnet.medianMs / times.unet.medianMs,
    peakRssMb: peakMemoryMb(),
  };
}

const withoutSun: LoadOptions = {
  derive: (model) => bindInputs({ sun_scale: float32Data([0], [1]) }).run(model).model,
};

async function decoders(runtime: Runtime, files: Sd15Files, runs: number): Promise<SuiteResult> {
  const { vae } = await openCheckpoint(await folderTree(files.model));
  const taesd = await openComponent("taesd", await folderTree(files.taesd));
  const vaeDecoder = await runtime.load(buildVaeDecoder({ ...vae, ...latent }), { label: "vae-decoder" });
  const taesdDecoder = await runtime.load(buildTaesdDecoder({ ...taesd, ...latent }), {
    label: "taesd-decoder",
  });
  const times = await interleaved({ vae: evaluation(vaeDecoder), taesd: evaluation(taesdDecoder) }, runs);
  return { vaeDecodeMs: times.vae.medianMs, taesdDecodeMs: times.taesd.medianMs, peakRssMb: peakMemoryMb() };
}

async function sunUnet(files: Sd15Files): Promise<Model> {
  const { unet } = await openCheckpoint(await folderTree(files.model));
  const adapter = readSunAdapter(await openSafetensors(await fileSource(files.sun)));
  return addSunAdapter(adapter, { negativeTokens: tokens }).run(buildUNet({ ...unet, ...latent, tokens }))
    .model;
}

/** One run on random inputs of the sizes that the session takes. */
function evaluation(session: Session): () => Promise<unknown> {
  const feeds: Record<string, Tensor> = {};
  for (const { name, shape } of session.inputs) {
    const sizes = shape.map(Number);
    const count = sizes.reduce((product, size) => product * size, 1);
    const scalar = { timestep: 499, sun_scale: 1 }[name];
    feeds[name] = tensor(scalar === undefined ? generator.randn(count) : Float32Array.of(scalar), sizes);
  }
  return () => session.run(feeds);
}
