// Trains a LoRA of the emoji model on a data folder: pnpm train-lora --data FOLDER --out FILE (README.md has the options)
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openCheckpoint, writeSafetensors } from "@sunstep/checkpoint";
import { folderTree } from "@sunstep/checkpoint/node";
import { nextName, openTrainingData, optimizerStepGraph, STATE } from "@sunstep/distillation";
import { emojiModelUrl } from "@sunstep/emoji-model";
import type { KeptTensor } from "@sunstep/runtime";
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

/** Steps over which the learning rate rises, and between two lines of progress. */
const [WARM_UP, REPORT] = [20, 50];
const ADAMW = { betas: [0.9, 0.99], epsilon: 1e-8, weightDecay: 0, clipNorm: 1, emaDecay: 0.98 } as const;

const files = folderTree(fileURLToPath(emojiModelUrl));
const checkpoint = await openCheckpoint(files);
const read = async (name: string) => {
  const source = checkpoint.tokenizer![name]!;
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
const session = await runtime.load(optimizerStepGraph(lossGraph, ADAMW), { label: "LoRA step" });

const factors = initialFactors(network, seed);
const vector = (numbers: Float32Array) => tensor(numbers, [numbers.length]);
const number = (value: number) => vector(Float32Array.of(value));
const starts = {
  parameters: factors,
  ema: factors,
  moment1: factors.map(() => 0),
  moment2: factors.map(() => 0),
};
let state: Record<string, KeptTensor> = {};
for (const part of STATE) state[part] = await runtime.keep(vector(starts[part]));

let recent = 0;
for (let step = 0; step < steps; step++) {
  const fall = 0.05 + 0.475 * (1 + Math.cos((Math.PI * step) / steps));
  const { outputs, kept } = await session.runKeeping(
    {
      ...(await next(step)),
      ...state,
      learning_rate: number(rate * fall * Math.min(1, (step + 1) / WARM_UP)),
      correction1: number(1 - ADAMW.betas[0] ** (step + 1)),
      correction2: number(1 - ADAMW.betas[1] ** (step + 1)),
    },
    STATE.map(nextName),
  );
  for (const old of Object.values(state)) await old.release();
  state = Object.fromEntries(STATE.map((part) => [part, kept[nextName(part)]!]));
  recent += Number(outputs.loss!.data[0]);
  if ((step + 1) % REPORT === 0 || step + 1 === steps) {
    console.log(`step ${step + 1} of ${steps}: loss ${(recent / ((step % REPORT) + 1)).toFixed(4)}`);
    recent = 0;
    await save();
  }
}
await runtime.dispose();

/** The moving average of the factors, in float16. */
async function save(): Promise<void> {
  const averaged = (await state.ema!.read()).data as Float32Array;
  const halves = Object.entries(loraTensors(network, averaged)).map(
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
