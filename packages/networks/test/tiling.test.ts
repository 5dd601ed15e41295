import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openCheckpoint, openComponent } from "@sunstep/checkpoint";
import { folderTree } from "@sunstep/checkpoint/node";
import { emojiModelUrl } from "@sunstep/emoji-model";
import { float, GraphBuilder, int, type Model, writeOnnx } from "@sunstep/onnx-graph";
import { type RunTensor, runOnnx } from "@sunstep/testing";
import { beforeAll, expect, it } from "vitest";
import {
  activationBytes,
  buildTaesdDecoder,
  buildVaeDecoder,
  buildVaeEncoder,
  cutModel,
  giveNorms,
  measureNorms,
  normGroups,
  receptiveRadius,
  resizedValues,
} from "../src/index.js";

const networks: Record<string, Model> = {};

beforeAll(async () => {
  const folder = fileURLToPath(emojiModelUrl);
  const { vae } = await openCheckpoint(await folderTree(folder));
  const taesd = await openComponent("taesd", await folderTree(join(folder, "tiny_autoencoder")));
  const latents = { batch: 1, height: 6, width: 10 };
  networks["VAE decoder"] = buildVaeDecoder({ ...vae, ...latents });
  networks["VAE encoder"] = buildVaeEncoder({ ...vae, batch: 1, height: 48, width: 80 });
  networks["TAESD decoder"] = buildTaesdDecoder({ ...taesd, ...latents });
});

const names = ["VAE decoder", "VAE encoder", "TAESD decoder"];

/** Values of about the size that latents and images have. */
function noise(model: Model): RunTensor {
  const shape = model.graph.inputs[0]!.shape as number[];
  const count = shape.reduce((product, size) => product * size, 1);
  return { dtype: "float32", shape, data: Float32Array.from({ length: count }, (_, i) => Math.sin(i * i)) };
}

const inputOf = ({ graph }: Model) => graph.inputs[0]!.name;

function evaluate(model: Model, feeds: Record<string, RunTensor>) {
  const files = new Map(
    [...model.graph.initializers.values()].flatMap(({ data }) =>
      data.kind === "external" ? [[data.source.name, data.source.path!] as const] : [],
    ),
  );
  const externalData = Object.fromEntries([...files].map(([name, path]) => [name, readFileSync(path)]));
  return runOnnx(writeOnnx(model), feeds, { externalData });
}

// Float32 rounding in another order of operations, through some twenty layers.
const tolerance = { rtol: 1e-4, atol: 1e-4 };

it.each(names)("cutting the %s where its size changes does not change its result", async (name) => {
  const model = networks[name]!;
  const whole = await evaluate(model, { [inputOf(model)]: noise(model) });
  const cuts = resizedValues(model);
  expect(cuts).toHaveLength(3);
  for (const cut of cuts) {
    const { first, second } = cutModel(model, cut);
    const between = await evaluate(first, { [inputOf(model)]: noise(model) });
    expect(Object.keys(between)).toEqual([cut]);
    const after = await evaluate(second, between);
    for (const [output, { data }] of Object.entries(whole))
      expect(after[output]!.data as Float32Array).toBeAllclose(data as Float32Array, tolerance);
  }
});

it.each(["VAE decoder", "VAE encoder"])(
  "the %s gives the same when it is given the statistics that it measures",
  async (name) => {
    const model = networks[name]!;
    const feeds = { [inputOf(model)]: noise(model) };
    const whole = await evaluate(model, feeds);
    const statistics = await evaluate(measureNorms(model), feeds);
    expect(statistics.means!.shape).toEqual([normGroups(model)]);
    const given = await evaluate(giveNorms(model), { ...feeds, ...statistics });
    for (const [output, { data }] of Object.entries(whole))
      expect(given[output]!.data as Float32Array).toBeAllclose(data as Float32Array, tolerance);
  },
);

it("measures mean and variance of each group", async () => {
  const graph = new GraphBuilder({ name: "norm", opsets: { "": 23 } });
  const x = graph.input("x", "float32", [1, 4, 1, 2]);
  graph.output(
    "y",
    graph.op("GroupNormalization", [x, graph.floats([1, 1, 1, 1]), graph.floats([0, 0, 0, 0])], {
      num_groups: int(2),
      epsilon: float(1e-5),
    }),
  );
  const data = Float32Array.of(1, 2, 3, 6, 0, 0, 4, 4);
  const { means, variances } = await evaluate(measureNorms(graph.build()), {
    x: { dtype: "float32", shape: [1, 4, 1, 2], data },
  });
  expect([...(means!.data as Float32Array)]).toEqual([3, 2]);
  expect([...(variances!.data as Float32Array)]).toEqual([3.5, 4]);
});

it.each(names)("the %s reads nothing beyond the radius of its part without attention", async (name) => {
  const model = networks[name]!;
  const cuts = resizedValues(model);
  const { first, second } = cutModel(model, name === "VAE encoder" ? cuts[0]! : cuts[1]!);
  const part = name === "VAE encoder" ? first : second;
  const radius = receptiveRadius(part);
  expect(radius).toBeGreaterThan(0);
  expect(radius).toBeLessThan(20);
  const feed = noise(part);
  const width = feed.shape[3]!;
  const statistics =
    normGroups(part) > 0 ? await evaluate(measureNorms(part), { [inputOf(part)]: feed }) : {};
  const local = normGroups(part) > 0 ? giveNorms(part) : part;
  const run = async (data: Float32Array) => {
    const results = await evaluate(local, { [inputOf(part)]: { ...feed, data }, ...statistics });
    return Object.values(results)[0]!;
  };
  const before = await run(feed.data as Float32Array);
  // Other columns at both ends change the columns up to the radius, and none beyond.
  const isEnd = (i: number) => i % width === 0 || i % width === width - 1;
  const after = await run((feed.data as Float32Array).map((value, i) => (isEnd(i) ? value + 1 : value)));
  const outWidth = before.shape[3]!;
  const fromEnd = (i: number) => Math.min(i % outWidth, outWidth - 1 - (i % outWidth));
  const isSame = (i: number) => before.data[i] === after.data[i];
  const last = Math.max(...Array.from(before.data as Float32Array, (_, i) => (isSame(i) ? -1 : fromEnd(i))));
  const farthest = Math.floor((last * width) / outWidth);
  expect(farthest).toBeLessThanOrEqual(radius);
  expect(farthest).toBeGreaterThan(radius - 2);
});

it("calls the radius of a part with attention infinite", () => {
  expect(receptiveRadius(networks["VAE decoder"]!)).toBe(Number.POSITIVE_INFINITY);
});

it("estimates the values that are held at once", () => {
  const graph = new GraphBuilder({ name: "held", opsets: { "": 23 } });
  const x = graph.input("x", "float32", [1, 2, 4, 4]);
  const a = graph.op("Relu", [x]);
  const b = graph.op("Sigmoid", [a]);
  // a, b and their sum, each of 128 bytes; b is not read later.
  graph.output("y", graph.op("Add", [a, graph.op("Mul", [graph.op("Add", [a, b]), graph.scalar(2)])]));
  expect(activationBytes(graph.build())).toBe(3 * 128);
});
