// `pnpm compare:train-step --python PYTHON [--runs 9] [--batch 16]`: one training step of the emoji model's adapter,
// ours and PyTorch's in turn. Prints a table, then one line of JSON.
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openCheckpoint } from "@sunstep/checkpoint";
import { folderTree } from "@sunstep/checkpoint/node";
import { defaultRecipe } from "@sunstep/distillation";
import { adapterLayout, initialState, lossGraph, Trainer } from "@sunstep/distillation/training";
import { emojiModelUrl } from "@sunstep/emoji-model";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { type Tensor, TorchGenerator, tensor } from "@sunstep/tensor";
import { startTorch } from "./torch-process.js";

const { values } = parseArgs({
  args: process.argv.slice(2).filter((arg) => arg !== "--"),
  options: {
    python: { type: "string", default: "python3" },
    runs: { type: "string", default: "9" },
    batch: { type: "string", default: String(defaultRecipe.batch) },
  },
});
const [runs, batch] = [Number(values.runs), Number(values.batch)];
const model = fileURLToPath(emojiModelUrl);
const { unet, schedulerConfig, textEncoders } = await openCheckpoint(folderTree(model));
const { variant, weights, boundaries, teacherStride, adamw, learningRate, distance, guidance } =
  defaultRecipe;
const [height = 16, width = height] = [unet.config.sample_size ?? 16].flat();
const sizes = { batch, height, width, tokens: textEncoders[0].config.max_position_embeddings };
const timesteps = Array.from({ length: batch }, (_, i) => Math.floor((1000 * (i + 0.5)) / batch));

const runtime = await createNodeRuntime();
const state = await initialState(unet, variant, { alpha: defaultRecipe.initialAlpha });
const trainer = await Trainer.create(
  {
    ...sizes,
    runtime,
    unet,
    schedulerConfig,
    variant,
    weights,
    boundaries,
    teacherStride,
    adamw,
    distance: { kind: "huber", c: distance.c },
  },
  state,
);
// The student's evaluation alone: the guidance loss of an unguided target.
const student = await runtime.load(
  lossGraph({
    unet,
    sizes,
    layout: adapterLayout(unet, variant),
    prediction: "epsilon",
    distance: { kind: "mse" },
    weights: { msc: 0, cfg: 1 },
  }),
  { label: "student" },
);
const torch = await startTorch(values.python, {
  ...sizes,
  model,
  addPos: variant === "add_pos",
  timesteps,
  weights,
  boundaries,
  teacherStride,
  adamw,
  c: distance.c,
  guidance: guidance[0],
  learningRate: learningRate.peak,
});

const random = new TorchGenerator(0);
const context = unet.config.cross_attention_dim;
const latents = () => random.randn(batch * unet.config.in_channels * height * width);
const text = () => tensor(random.randn(batch * sizes.tokens * context), [batch, sizes.tokens, context]);
const timed = async (task: () => Promise<unknown>) => {
  const begin = performance.now();
  await task();
  return performance.now() - begin;
};

/** Times each once, in milliseconds. */
const tasks = {
  sunstep() {
    const inputs = {
      sample: latents(),
      positive: { encoder_hidden_states: text() },
      negative: { encoder_hidden_states: text() },
    };
    const given = { ...inputs, timesteps, guidance: Array<number>(batch).fill(guidance[0]) };
    return timed(() => trainer.step(given, learningRate.peak));
  },
  "PyTorch, float32": () => torch.step("float32"),
  "PyTorch, bfloat16 autocast": () => torch.step("bfloat16"),
  "sunstep, student's evaluation alone"() {
    const shape = [batch, unet.config.in_channels, height, width];
    const feeds: Record<string, Tensor> = {
      sample: tensor(latents(), shape),
      cfg_target: tensor(latents(), shape),
      timestep: tensor(Float32Array.from(timesteps), [batch]),
      alpha_bar: tensor(new Float32Array(batch).fill(0.5), [batch]),
      encoder_hidden_states: text(),
      "negative/encoder_hidden_states": text(),
      parameters: tensor(state.parameters, [state.parameters.length]),
    };
    const taken = student.inputs.map(({ name }) => [name, feeds[name]!]);
    return timed(() => student.run(Object.fromEntries(taken)));
  },
};
const times = new Map(Object.keys(tasks).map((name) => [name, [] as number[]]));
// The first round warms up and is not counted.
for (let round = 0; round <= runs; round++) {
  for (const [name, task] of Object.entries(tasks)) {
    const milliseconds = await task();
    if (round > 0) times.get(name)!.push(milliseconds);
  }
}
await torch.end();
await runtime.dispose();

const sorted = (name: keyof typeof tasks) => times.get(name)!.toSorted((a, b) => a - b);
const median = (name: keyof typeof tasks) => sorted(name)[runs >> 1]!;
const ours = median("sunstep");
console.log(
  `${cpus().length} cores of ${cpus()[0]?.model}; PyTorch ${torch.about.torch}, ${torch.about.threads} threads; ` +
    `batch ${batch}, ${torch.about.weights} weights; medians of ${runs} interleaved runs\n`,
);
console.log("| | ms | range | sunstep's step / this |\n|---|---|---|---|");
for (const name of Object.keys(tasks) as (keyof typeof tasks)[]) {
  const all = sorted(name);
  const range = `${all[0]!.toFixed(0)} to ${all.at(-1)!.toFixed(0)}`;
  console.log(`| ${name} | ${median(name).toFixed(0)} | ${range} | ${(ours / median(name)).toFixed(2)} |`);
}
console.log(
  JSON.stringify({
    batch,
    runs,
    sunstepMs: ours,
    torchMs: median("PyTorch, float32"),
    torchBfloat16Ms: median("PyTorch, bfloat16 autocast"),
    ratio: ours / median("PyTorch, float32"),
    ratioBfloat16: ours / median("PyTorch, bfloat16 autocast"),
    evaluations: ours / median("sunstep, student's evaluation alone"),
  }),
);
