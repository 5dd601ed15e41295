// Graphs of other exporters: raised, with a SUN adapter or none, against the outputs of the network that they were exported
// from. Files hold inputs `in.NAME` and outputs `out.NAME`; those of U-Nets hold several cases, `0.in.NAME`.

import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { openSafetensors } from "@sunstep/checkpoint";
import { fileSource, folderTree } from "@sunstep/checkpoint/node";
import { raiseAt } from "@sunstep/graph-passes";
import { type Model, type Pass, readOnnx, runPasses } from "@sunstep/onnx-graph";
import { addSunAdapter, readSunAdapter, type SunNorm } from "@sunstep/sun-adapter";
import { type Tensor, tensor } from "@sunstep/tensor";
import type { KindChecker } from "@sunstep/testing";
import { type Golden, openGolden, promptsOf } from "../golden.js";
import { named } from "../networks.js";
import { runOnce } from "../session.js";

interface ForeignCase {
  readonly graph: string;
  readonly file: string;
  readonly atol: number;
}

interface ForeignUNetCase extends ForeignCase {
  readonly adapter: string | null;
  readonly norm: SunNorm | null;
  readonly case: string;
  readonly outputs: readonly string[];
}

/** The goldens' prompts are the positive tokens, then the 77 negative ones. */
const NEGATIVE_TOKENS = "the last 77";

async function openGraph(path: string): Promise<Model> {
  const files = folderTree(dirname(path));
  return readOnnx(await readFile(path), { file: path, open: (name) => files.open(name) });
}

/** Raises a graph for the sizes of its inputs, and runs it once. */
async function runGraph(
  model: Model,
  feeds: Readonly<Record<string, Tensor>>,
  passes: readonly Pass[] = [],
  moreFeeds: Readonly<Record<string, Tensor>> = {},
) {
  const sizes = Object.fromEntries(Object.entries(feeds).map(([name, { shape }]) => [name, shape]));
  const raised = runPasses(model, [...raiseAt(sizes), ...passes]).model;
  return runOnce(raised, { ...feeds, ...moreFeeds });
}

async function sunPass(dir: string, adapter: string, norm: SunNorm, negative: Tensor): Promise<Pass> {
  const file = await openSafetensors(await fileSource(join(dir, adapter)));
  return addSunAdapter(readSunAdapter(file), { norm, negativeTokens: negative.shape[1]! });
}

export const kind: KindChecker = {
  kind: "foreign-onnx",
  async check(testCase, dir) {
    const { graph, file, adapter, norm, outputs, atol, ...rest } = testCase as unknown as ForeignUNetCase;
    const golden = openGolden(dir, file, rest.case);
    const { positive, negative } = promptsOf(golden, NEGATIVE_TOKENS);
    const sample = golden.input("sample");
    const feeds = { sample, timestep: golden.timesteps(sample.shape[0]!), encoder_hidden_states: positive };
    const sun =
      adapter === null
        ? {}
        : { negative_hidden_states: negative, sun_scale: tensor(Float32Array.of(1), [1]) };
    const passes = adapter === null ? [] : [await sunPass(dir, adapter, norm ?? "batch", negative)];
    const { out_sample } = await runGraph(await openGraph(join(dir, graph)), feeds, passes, sun);
    for (const output of outputs) golden.compare(output, out_sample!, atol);
  },
};

export const runKind: KindChecker = {
  kind: "foreign-onnx-run",
  async check(testCase, dir) {
    const { graph, file, atol } = testCase as unknown as ForeignCase;
    const golden = openGolden(dir, file);
    const model = await openGraph(join(dir, graph));
    const results = await runGraph(model, feedsOf(model, golden));
    const expected = model.graph.outputs.map(({ name }) => name);
    for (const name of expected) golden.compare(`out.${name}`, named(results, name), atol);
  },
};

function feedsOf({ graph }: Model, golden: Golden): Record<string, Tensor> {
  return Object.fromEntries(graph.inputs.map(({ name }) => [name, golden.input(name)]));
}
