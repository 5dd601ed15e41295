// Trains a LoRA of the emoji model on a data folder: pnpm train-lora --data FOLDER --out FILE (README.md has the options)
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openCheckpoint, writeSafetensors } from "@sunstep/checkpoint";
import { folderTree } from "@sunstep/checkpoint/node";
import { openTrainingData } from "@sunstep/distillation";
import { Optimizer, stateFrom } from "@sunstep/distillation/training";
import { emojiModelUrl } from "@sunstep/emoji-model";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { encodeFloat16, type Tensor, tensor } from "@sunstep/tensor";
import { createTokenizer } from "@sunstep/tokenizer";
import { loraBatches } from "./lora-batches.js";
import { initialFactors, loraLossGraph, loraNetwork, loraTensors } from "./lora-network.js";

const { values } = parseArgs({
  args: process.argv.slice(2).filter((arg) => arg !== "--"),
  options: {
    data: { type: "string" },
    out: { type: "string" },
    steps: { type: "string", default: "400" },
    batch: { type: "string", default: "16" },
    rank: { type: "string", default: "8" },
    rate: { type: "string", default: "0.002" },
    seed: { type: "string", default: "0" },
    threads: { type: "string" },
  },
});
const { data: folder, out } = values;
const [steps, batch, rank, rate, seed] = [
  values.steps,
  values.batch,
  values.rank,
  values.rate,
  values.seed,
].map(Number) as [number, number, number, number, number];
if (!folder || !out || ![steps, batch, rank, rate].every((value) => value > 0) || !(seed >= 0)) {
  console.error(
    "usage: pnpm train-lora --data FOLDER --out FILE [--steps 400] [--batch 16] [--rank 8] [--rate 0.002] [--seed 0] [--threads N]",
  );
  process.exit(2);
}

/** Steps of the learning rate's rise, and between two lines of progress. */
const [WARM_UP, REPORT] = [20, 50];
const ADAMW = { betas: [0.9, 0.99], epsilon: 1e-8, weightDecay: 0, clipNorm: 1, emaDecay: 0.98 } as const;

const files = folderTree(fileURLToPath(emojiModelUrl));
const checkpoint = await openCheckpoint(files);
const read = async (name: string) => {
  const source = checkpoint.textEncoders[0].tokenizer![name]!;
  return new TextDecoder().decode(await source.read(0, source.size));
};
const tokenizer = createTokenizer({ vocab: await read("vocab.json"), merges: await read("merges.txt") });
const data = await openTrainingData(folderTree(folder));
const network = loraNetwork(checkpoint.unet.weights, rank);
const [, height, width] = data.shape;
const runtime = await createNodeRuntime(values.threads ? { threads: Number(values.threads) } : {});
const next = await loraBatches(checkpoint, tokenizer, data, runtime, batch, seed);
const lossGraph = loraLossGraph(
  checkpoint.unet,
  { batch, height, width, tokens: tokenizer.maxLength },
  network,
);
const optimizer = await Optimizer.create(
  runtime,
  lossGraph,
  ADAMW,
  stateFrom(initialFactors(network, seed)),
  {
    label: "LoRA step",
  },
);

let recent = 0;
for (let step = 0; step < steps; step++) {
  const fall = 0.05 + 0.475 * (1 + Math.cos((Math.PI * step) / steps));
  const { loss } = await optimizer.step(await next(step), rate * fall * Math.min(1, (step + 1) / WARM_UP));
  recent += loss;
  if ((step + 1) % REPORT === 0 || step + 1 === steps) {
    console.log(`step ${step + 1} of ${steps}: loss ${(recent / ((step % REPORT) + 1)).toFixed(4)}`);
    recent = 0;
    await save();
  }
}
await runtime.dispose();

/** Returns the moving average of the factors, in float16. */
async function save(): Promise<void> {
  const { ema } = await optimizer.state();
  const halves = Object.entries(loraTensors(network, ema)).map(
    ([name, { shape, data }]): [string, Tensor] => [
      name,
      tensor(encodeFloat16(data as Float32Array), shape, "float16"),
    ],
  );
  const metadata = {
    ss_network_module: "networks.lora",
    ss_network_dim: String(rank),
    ss_network_alpha: String(rank),
  };
  await writeFile(out!, writeSafetensors(Object.fromEntries(halves), metadata));
}
