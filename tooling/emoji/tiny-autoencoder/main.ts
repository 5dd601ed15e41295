// Trains the emoji model's tiny autoencoder: pnpm train-tiny-autoencoder --data FOLDER --out FOLDER (README.md)
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openComponent, writeSafetensors } from "@sunstep/checkpoint";
import { folderTree } from "@sunstep/checkpoint/node";
import { openTrainingData } from "@sunstep/distillation";
import { emojiModelUrl } from "@sunstep/emoji-model";
import { contactSheet, encodePng } from "@sunstep/image";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { encodeFloat16, type Tensor, tensor } from "@sunstep/tensor";
import { config, configJson } from "./config.js";
import { measure } from "./measure.js";
import { decodeAll, drawLatents, pairBatches } from "./pairs.js";
import { tinyNetwork, tinyTensors } from "./tiny-network.js";
import { train } from "./train.js";

const { values } = parseArgs({
  args: process.argv.slice(2).filter((arg) => arg !== "--"),
  options: {
    data: { type: "string" },
    out: { type: "string" },
    images: { type: "string", default: "3000" },
    steps: { type: "string", default: "4000" },
    batch: { type: "string", default: "4" },
    rate: { type: "string", default: "0.004" },
    seed: { type: "string", default: "0" },
    threads: { type: "string" },
    sheet: { type: "string" },
  },
});
const { data: folder, out } = values;
const [images, steps, batch, rate, seed] = [
  values.images,
  values.steps,
  values.batch,
  values.rate,
  values.seed,
].map(Number) as [number, number, number, number, number];
if (!folder || !out || ![images, steps, batch, rate].every((value) => value > 0) || !(seed >= 0)) {
  console.error(
    "usage: pnpm train-tiny-autoencoder --data FOLDER --out FOLDER [--images 3000] [--steps 4000] [--batch 4] [--rate 0.004] [--seed 0] [--threads N] [--sheet FILE]",
  );
  process.exit(2);
}

/** Images to measure with; and the share of steps for the encoder, which has the easier task. */
const [HELD_OUT, ENCODER_STEPS] = [256, 0.25];

const data = await openTrainingData(folderTree(folder));
const vae = await openComponent("vae", folderTree(fileURLToPath(new URL("vae/", emojiModelUrl))));
const runtime = await createNodeRuntime({
  cache: false,
  ...(values.threads && { threads: Number(values.threads) }),
});
const latents = await drawLatents(data, { training: images, heldOut: HELD_OUT }, seed);
const training = await decodeAll(vae, runtime, latents.training, data.shape);
const heldOut = await decodeAll(vae, runtime, latents.heldOut, data.shape);
console.log(`${training.length} images decoded by the VAE`);

const [, height, width] = data.shape;
const stored: Record<string, Tensor> = {};
for (const half of ["decoder", "encoder"] as const) {
  const network = tinyNetwork(half, config);
  const total = half === "decoder" ? steps : Math.ceil(ENCODER_STEPS * steps);
  const weights = await train(runtime, network, {
    sizes: { batch, height, width },
    steps: total,
    rate,
    seed,
    batch: pairBatches(training, data.shape, batch, seed),
    onReport: (step, loss) => console.log(`${half}, step ${step} of ${total}: loss ${loss.toFixed(4)}`),
  });
  for (const [name, { shape, data }] of Object.entries(tinyTensors(network, weights)))
    stored[name] = tensor(encodeFloat16(data as Float32Array), shape, "float16");
}
await mkdir(out, { recursive: true });
await writeFile(join(out, "config.json"), `${JSON.stringify(configJson, undefined, 2)}\n`);
await writeFile(join(out, "diffusion_pytorch_model.safetensors"), writeSafetensors(stored, { format: "pt" }));

const trained = await openComponent("taesd", folderTree(out));
const { shown, ...figures } = await measure(trained, runtime, heldOut, data.shape);
console.log(JSON.stringify(figures));
if (values.sheet) await writeFile(values.sheet, encodePng(contactSheet(shown, 8)));
await runtime.dispose();
