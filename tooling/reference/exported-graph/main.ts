// `pnpm compare:export FOLDER [--sun FILE] [--size 16] [--runs 15]`: times one evaluation of the U-Net of an ONNX folder, interleaved
// on one thread each: the export as it is in ONNX Runtime, the same opened by `@sunstep/onnx-checkpoint`, and that with a SUN adapter.
// Prints medians, and how far the results of the first two lie apart.
import { join, resolve } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { openSafetensors } from "@sunstep/checkpoint";
import { fileSource, folderTree } from "@sunstep/checkpoint/node";
import { buildUNet } from "@sunstep/networks";
import { openOnnxFolder } from "@sunstep/onnx-checkpoint";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { addSunAdapter, readSunAdapter } from "@sunstep/sun-adapter";
import { type Tensor, TorchGenerator, tensor } from "@sunstep/tensor";
import { openOnnx, type RunTensor } from "@sunstep/testing";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sun: { type: "string" },
    size: { type: "string", default: "16" },
    runs: { type: "string", default: "15" },
  },
});
const [given] = positionals;
if (!given) {
  console.error("usage: pnpm compare:export FOLDER [--sun FILE] [--size LATENTS] [--runs N]");
  process.exit(2);
}
const folder = resolve(given);
const { unet } = await openOnnxFolder(folderTree(folder));
const side = Number(values.size);
const TOKENS = 77;
const random = new TorchGenerator(0n);
const noise = (...shape: number[]) =>
  tensor(random.randn(shape.reduce((product, size) => product * size, 1)), shape);
const width = unet.config.cross_attention_dim;
const feeds = {
  sample: noise(1, unet.config.in_channels, side, side),
  timestep: tensor(Float32Array.of(500), [1]),
  encoder_hidden_states: noise(1, TOKENS, width),
};
const runtime = await createNodeRuntime({ threads: 1, cache: false });
const plain = buildUNet({ ...unet, batch: 1, height: side, width: side, tokens: TOKENS });
const options = { invariantInputs: ["encoder_hidden_states", "negative_hidden_states", "sun_scale"] };
const ours = await runtime.load(plain, options);
const adapter = values.sun && readSunAdapter(await openSafetensors(await fileSource(values.sun)));
const withSun = adapter && (await runtime.load(addSunAdapter(adapter).run(plain).model, options));
const export_ = await openOnnx(join(folder, "unet/model.onnx"), { graphOptimizationLevel: "all" });

type Run = () => Promise<Readonly<Record<string, Tensor | RunTensor>>>;
const sunFeeds = {
  ...feeds,
  negative_hidden_states: noise(1, TOKENS, width),
  sun_scale: tensor(Float32Array.of(1), [1]),
};
const contenders: Readonly<Record<string, Run>> = {
  "the export in ONNX Runtime": () => export_.run(feeds),
  "opened as a checkpoint": () => ours.run(feeds),
  ...(withSun && { "with the SUN adapter": () => withSun.run(sunFeeds) }),
};
const times = Object.fromEntries(Object.keys(contenders).map((name) => [name, [] as number[]]));
const results: Record<string, ArrayLike<number | bigint>> = {};
for (let i = 0; i <= Number(values.runs); i++) {
  for (const [name, run] of Object.entries(contenders)) {
    const start = performance.now();
    const [result] = Object.values(await run());
    // The first round warms up.
    if (i > 0) times[name]!.push(performance.now() - start);
    results[name] = result!.data;
  }
}
for (const [name, all] of Object.entries(times)) {
  const sorted = all.toSorted((a, b) => a - b);
  console.log(`${name.padEnd(30)}${sorted[Math.floor(sorted.length / 2)]!.toFixed(1)} ms`);
}
const [first, second] = Object.values(results) as [Float32Array, Float32Array];
const apart = second.reduce((most, value, i) => Math.max(most, Math.abs(value - first[i]!)), 0);
console.log(`largest difference of the first two: ${apart.toExponential(1)}`);
await export_.release();
await runtime.dispose();
