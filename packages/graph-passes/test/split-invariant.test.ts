import { openCheckpoint } from "@sunstep/checkpoint";
import { folderTree } from "@sunstep/checkpoint/node";
import { buildUNet } from "@sunstep/networks";
import { checkModel, float32Data, GraphBuilder, type Model, runPasses } from "@sunstep/onnx-graph";
import { fixture } from "@sunstep/testing";
import { describe, expect, it } from "vitest";
import { type InvariantSplit, lowerForCpu, splitInvariant } from "../src/index.js";
import { evaluate, feedsOf } from "./equivalence.js";

/** Runs one half and then the other, on the inputs that the whole model gets. */
async function evaluateHalves(model: Model, { prelude, step }: InvariantSplit) {
  for (const half of [prelude, step]) checkModel(half);
  const feeds = feedsOf(model);
  const pick = (half: Model, from: typeof feeds) =>
    Object.fromEntries(half.graph.inputs.map(({ name }) => [name, from[name]!]));
  const kept = await evaluate(prelude, pick(prelude, feeds));
  return evaluate(step, pick(step, { ...feeds, ...kept }));
}

const namesOf = (values: Iterable<{ readonly name: string }>) => [...values].map(({ name }) => name);

describe("splitInvariant", () => {
  it.each([
    ["raised", []],
    ["lowered", lowerForCpu],
  ])("splits a %s U-Net into projections of the prompt and the rest", async (_, passes) => {
    const { unet } = await openCheckpoint(await folderTree(fixture("tiny-sd15")), { variant: "fp16" });
    const raised = buildUNet({ ...unet, batch: 2, height: 8, width: 16, tokens: 77 });
    const { model } = runPasses(raised, passes);
    const split = splitInvariant(model, ["encoder_hidden_states", "negative_hidden_states"]);

    expect(namesOf(split.prelude.graph.inputs)).toEqual(["encoder_hidden_states"]);
    expect(namesOf(split.step.graph.inputs)).toEqual([
      "sample",
      "timestep",
      ...namesOf(split.prelude.graph.outputs),
    ]);
    const weights = ({ graph }: Model) =>
      [...graph.initializers].flatMap(([name, { data }]) => (data.kind === "external" ? [name] : []));
    expect(weights(split.prelude).every((name) => /attn2\.to_[kv]\.weight$/.test(name))).toBe(true);
    expect([...weights(split.prelude), ...weights(split.step)].sort()).toEqual(weights(model).sort());

    const [whole, halves] = [await evaluate(model), await evaluateHalves(model, split)];
    expect(halves.out_sample!.data).toEqual(whole.out_sample!.data);
  });

  it("gives an input and a constant that both halves read to both", async () => {
    const b = new GraphBuilder({ name: "both", opsets: { "": 23 } });
    const [prompt, sample] = [b.input("prompt", "float32", [3]), b.input("sample", "float32", [3])];
    const weight = b.op("Neg", [b.initializer("weight", float32Data([1, 2, 3], [3]))]);
    const projected = b.op("Mul", [prompt, weight]);
    b.output("y", b.op("Mul", [b.op("Add", [b.op("Mul", [sample, prompt]), projected]), weight]));
    const model = b.build();
    const split = splitInvariant(model, ["prompt"]);
    const operators = ({ graph }: Model) => graph.nodes.map(({ op }) => op).filter((op) => op !== "Identity");
    expect(operators(split.step)).toEqual(["Neg", "Mul", "Add", "Mul"]);
    expect(operators(split.prelude)).toEqual(["Neg", "Mul"]);
    expect(namesOf(split.step.graph.inputs).slice(0, 2)).toEqual(["prompt", "sample"]);
    expect(await evaluateHalves(model, split)).toEqual(await evaluate(model));
  });

  it("rejects a graph without a part that depends on the inputs alone", () => {
    const b = new GraphBuilder({ name: "nothing", opsets: { "": 23 } });
    b.output("y", b.op("Mul", [b.input("sample", "float32", [3]), b.input("prompt", "float32", [3])]));
    expect(() => splitInvariant(b.build(), ["prompt"])).toThrow(
      expect.objectContaining({ code: "PASS_NOTHING_TO_HOIST", details: { names: ["prompt"] } }),
    );
  });
});
