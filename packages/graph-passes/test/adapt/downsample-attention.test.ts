import { openCheckpoint } from "@sunstep/checkpoint";
import { folderTree } from "@sunstep/checkpoint/node";
import { buildUNet } from "@sunstep/networks";
import { float32Data, GraphBuilder, int, ints, type Model, runPasses, type Value } from "@sunstep/onnx-graph";
import { fixture } from "@sunstep/testing";
import { expect, it } from "vitest";
import { downsampleAttention } from "../../src/index.js";
import { evaluate, feedsOf } from "../equivalence.js";

const CHANNELS = 4;

/** A self-attention over the positions of `sample` [1, 4, height, width], with a bias in its keys. */
function selfAttention(height: number, width: number): Model {
  const graph = new GraphBuilder({ name: "network", opsets: { "": 23 } });
  const sample = graph.input("sample", "float32", [1, CHANNELS, height, width]);
  const planes = graph.op("Reshape", [sample, graph.ints([1, CHANNELS, height * width])]);
  const tokens = graph.op("Transpose", [planes], { perm: ints([0, 2, 1]) });
  const project = (name: string, factor: number): Value => {
    const weight = Float32Array.from({ length: CHANNELS ** 2 }, (_, i) => Math.sin(factor * i));
    const value = graph.initializer(name, float32Data(weight, [CHANNELS, CHANNELS]));
    return graph.op("MatMul", [tokens, value]);
  };
  const keys = graph.op("Add", [project("k", 2), graph.floats([0.5, -1, 0, 2])]);
  const heads = { q_num_heads: int(1), kv_num_heads: int(1) };
  graph.output("y", graph.op("Attention", [project("q", 1), keys, project("v", 3)], heads));
  return graph.build();
}

/** Averages [channels, height, width] over squares of 2x2, whose last ones may be cut off. */
function averaged(image: Float32Array, height: number, width: number): number[][] {
  const rows: number[][] = [];
  for (let top = 0; top < height; top += 2) {
    for (let left = 0; left < width; left += 2) {
      rows.push(
        Array.from({ length: CHANNELS }, (_, channel) => {
          const pixels = [];
          for (let y = top; y < Math.min(top + 2, height); y++)
            for (let x = left; x < Math.min(left + 2, width); x++)
              pixels.push(image[(channel * height + y) * width + x]!);
          return pixels.reduce((sum, pixel) => sum + pixel) / pixels.length;
        }),
      );
    }
  }
  return rows;
}

it.each([
  [64, 64],
  [63, 67],
])("attends to the averages of a %i x %i image", async (height, width) => {
  const model = selfAttention(height, width);
  const { model: fewer, modified } = runPasses(model, [downsampleAttention]);
  expect(modified).toBe(true);
  const feeds = feedsOf(model);
  const { y } = await evaluate(fewer, feeds);
  const image = feeds.sample!.data as Float32Array;
  const small = averaged(image, height, width);
  const times = (row: readonly number[], factor: number) =>
    Array.from({ length: CHANNELS }, (_, to) =>
      row.reduce((sum, number, from) => sum + number * Math.sin(factor * (from * CHANNELS + to)), 0),
    );
  const keys = small.map((row) => times(row, 2).map((key, i) => key + [0.5, -1, 0, 2][i]!));
  const values = small.map((row) => times(row, 3));
  for (const position of [0, 100, height * width - 1]) {
    const pixel = Array.from({ length: CHANNELS }, (_, c) => image[c * height * width + position]!);
    const query = times(pixel, 1);
    const weights = keys.map((key) =>
      Math.exp(key.reduce((sum, number, i) => sum + number * query[i]!, 0) / Math.sqrt(CHANNELS)),
    );
    const total = weights.reduce((sum, weight) => sum + weight);
    const expected = Array.from({ length: CHANNELS }, (_, c) =>
      values.reduce((sum, value, i) => sum + (weights[i]! / total) * value[c]!, 0),
    );
    const actual = (y!.data as Float32Array).subarray(position * CHANNELS, (position + 1) * CHANNELS);
    expect(actual).toBeAllclose(expected, { rtol: 1e-4, atol: 1e-5 });
  }
});

it("changes large self-attentions alone", async () => {
  const { unet } = await openCheckpoint(folderTree(fixture("tiny-sd15")));
  const changed = (height: number, width: number) => {
    const model = buildUNet({ ...unet, batch: 1, height, width, tokens: 77 });
    const { graph } = runPasses(model, [downsampleAttention]).model;
    return graph.nodes.filter(({ op }) => op === "AveragePool").map(({ name }) => name);
  };
  const names = changed(64, 64);
  expect(names.length).toBeGreaterThan(0);
  // Keys and values of the outermost blocks' self-attentions, which have all positions; cross-attention reads the prompt.
  for (const name of names) expect(name).toMatch(/^(down_blocks\.0|up_blocks\.\d)\..*attn1/);
  expect(changed(64, 56)).toEqual([]);
});
