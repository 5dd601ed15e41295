import { openComponent } from "@sunstep/checkpoint";
import { folderTree } from "@sunstep/checkpoint/node";
import { lowerForCpu, splitInvariant } from "@sunstep/graph-passes";
import { buildUNet } from "@sunstep/networks";
import {
  bindInputs,
  checkModel,
  float32Data,
  GraphBuilder,
  int,
  type Pass,
  removeDeadCode,
  removeIdentities,
  runPasses,
} from "@sunstep/onnx-graph";
import { fixture, type RunTensor } from "@sunstep/testing";
import { describe, expect, it } from "vitest";
import { addNag, addNasa, addVsf, type NegativeAttentionOptions, VSF_MASKED } from "../src/index.js";
import { feeds, floats, numbers, oneAttention, run, type Spelling } from "./one-attention.js";

type Feeds = Readonly<Record<string, RunTensor>>;

interface Method {
  readonly add: (options?: NegativeAttentionOptions) => Pass;
  /** Strong parameters, for negative prompts of this shape. */
  readonly on: (batch: number, tokens: number) => Feeds;
  readonly off: Readonly<Record<string, number>>;
}

const methods: Readonly<Record<string, Method>> = {
  NAG: {
    add: addNag,
    on: () => ({ nag_scale: numbers(4), nag_tau: numbers(1.2), nag_alpha: numbers(0.6) }),
    off: { nag_scale: 0, nag_tau: 0, nag_alpha: 0 },
  },
  NASA: { add: addNasa, on: () => ({ nasa_scale: numbers(0.7) }), off: { nasa_scale: 0 } },
  VSF: {
    add: addVsf,
    on: (batch, tokens) => ({
      vsf_scale: numbers(2),
      vsf_bias: floats([batch, tokens], () => -0.2),
      vsf_weight: numbers(1),
    }),
    off: { vsf_scale: 0, vsf_weight: 0 },
  },
};

const negative = (batch: number, tokens: number) =>
  floats([batch, tokens, 2], (i) => Math.sin(3 * i) + 0.2 * i);

describe.each(Object.entries(methods))("%s", (_name, { add, on, off }) => {
  const withNegative = (tokens: number, batch = 1): Feeds => ({
    ...feeds({ batch }),
    negative_hidden_states: negative(batch, tokens),
    ...on(batch, tokens),
  });

  it.each<[Spelling, number]>([
    ["Gemm", 3],
    ["Gemm", 7],
    ["heads", 2],
  ])("reads a negative prompt through projections written as %s, of %i tokens", async (spelling, tokens) => {
    const pass = add({ negativeTokens: tokens });
    const expected = await run(oneAttention(), withNegative(tokens), pass);
    const plain = await run(oneAttention(), feeds());
    expect(expected).not.toBeAllclose(plain, { atol: 0.05 });
    expect(await run(oneAttention({}, spelling), withNegative(tokens), pass)).toBeAllclose(expected, {
      atol: 1e-6,
    });
  });

  it("gives each image of a batch the result that it has alone", async () => {
    const pass = add({ negativeTokens: 6 });
    const both = withNegative(6, 2);
    const whole = await run(oneAttention({ batch: 2 }), both, pass);
    for (const i of [0, 1]) {
      const alone = Object.fromEntries(
        Object.entries(both).map(([input, { dtype, shape, data }]) => {
          if (shape.length === 1) return [input, { dtype, shape, data }];
          const size = data.length / 2;
          const row = (data as Float32Array).slice(i * size, (i + 1) * size);
          return [input, { dtype, shape: [1, ...shape.slice(1)], data: row }];
        }),
      );
      expect(whole.slice(i * 20, (i + 1) * 20)).toBeAllclose(await run(oneAttention(), alone, pass), {
        atol: 1e-6,
      });
    }
  });

  it("leaves the plain U-Net once it is bound to off", async () => {
    const component = await openComponent("unet", folderTree(fixture("tiny-sd15/unet")));
    const unet = buildUNet({ ...component, batch: 2, height: 8, width: 8, tokens: 77 });
    const { model } = add({ negativeTokens: 154 }).run(unet);
    checkModel(model);
    const zeros = Object.entries(off).map(([name, value]) => [name, float32Data([value], [1])] as const);
    const bound = bindInputs(Object.fromEntries(zeros)).run(model).model;
    const clean = runPasses(unet, [removeIdentities, removeDeadCode]).model;
    expect(bound.graph.nodes).toEqual(clean.graph.nodes);
    expect(bound.graph.inputs).toEqual(clean.graph.inputs);
    expect([...bound.graph.initializers.keys()]).toEqual([...clean.graph.initializers.keys()]);
  });

  it.each([
    ["as they are raised", []],
    ["in the CPU's form", lowerForCpu],
  ])(
    "computes the negative prompt's keys and values once for each prompt: graphs %s",
    async (_form, lower) => {
      const model = runPasses(oneAttention(), [add({ negativeTokens: 6 }), ...lower]).model;
      const names = ["encoder_hidden_states", "negative_hidden_states", ...Object.keys(on(1, 6))];
      const { prelude, step } = splitInvariant(model, names);
      expect(prelude.graph.inputs.map(({ name }) => name)).toContain("negative_hidden_states");
      expect(step.graph.inputs.map(({ name }) => name)).not.toContain("negative_hidden_states");
      const projections = (graph: typeof step.graph) =>
        graph.nodes.flatMap(({ inputs }) => inputs.filter((input) => /^w[01]/.test(input)));
      expect(projections(prelude.graph).length).toBeGreaterThanOrEqual(4);
      expect(projections(step.graph)).toEqual([]);
    },
  );

  it("refuses a graph that reads negative prompts already", () => {
    const { model } = addNasa().run(oneAttention());
    expect(() => add().run(model)).toThrow(expect.objectContaining({ code: "NEGATIVE_ALREADY_ADDED" }));
  });

  it("refuses a graph without cross-attention", () => {
    expect(() => add({ contextInput: "another" }).run(oneAttention())).toThrow(
      expect.objectContaining({ code: "NEGATIVE_NO_CROSS_ATTENTION" }),
    );
  });

  it("leaves a block's first attention to the prompt as it is", () => {
    const model = oneAttention();
    const nodes = model.graph.nodes.map((node) => ({ ...node, name: node.name.replace("attn2", "attn1") }));
    expect(() => add().run({ ...model, graph: { ...model.graph, nodes } })).toThrow(
      expect.objectContaining({ code: "NEGATIVE_NO_CROSS_ATTENTION" }),
    );
  });
});

describe("addNag", () => {
  it("gives a zero attention as zero, not as NaN", async () => {
    const zero = { ...feeds(), encoder_hidden_states: floats([1, 3, 2], () => 0) };
    const inputs = { negative_hidden_states: floats([1, 3, 2], () => 0), ...methods.NAG!.on(1, 3) };
    const model = oneAttention();
    const initializers = new Map(
      [...model.graph.initializers].map(([name, one]) => [
        name,
        name.endsWith("bias") ? float32Data([0, 0, 0, 0], [4]) : one,
      ]),
    );
    const result = await run(
      { ...model, graph: { ...model.graph, initializers } },
      { ...zero, ...inputs },
      addNag({ negativeTokens: 3 }),
    );
    expect([...result]).toEqual(Array.from({ length: 20 }, () => 0));
  });
});

describe("addVsf", () => {
  const vsf = (scale: number, bias: RunTensor): Feeds => ({
    vsf_scale: numbers(scale),
    vsf_bias: bias,
    vsf_weight: numbers(1),
  });

  it("does not see the padding of a negative prompt", async () => {
    const short = { ...feeds(), negative_hidden_states: negative(1, 4) };
    const expected = await run(
      oneAttention(),
      {
        ...short,
        ...vsf(
          2,
          floats([1, 4], () => -0.3),
        ),
      },
      addVsf({ negativeTokens: 4 }),
    );
    const padded = floats([1, 9, 2], (i) => (i < 8 ? Math.sin(3 * i) + 0.2 * i : 50));
    const bias = floats([1, 9], (i) => (i < 4 ? -0.3 : VSF_MASKED));
    expect(
      await run(
        oneAttention(),
        { ...feeds(), negative_hidden_states: padded, ...vsf(2, bias) },
        addVsf({ negativeTokens: 9 }),
      ),
    ).toBeAllclose(expected, { atol: 1e-6 });
  });

  it("is the plain attention where the second prompt is the first one and no value is flipped", async () => {
    const { encoder_hidden_states } = feeds();
    const same = {
      ...feeds(),
      negative_hidden_states: encoder_hidden_states,
      ...vsf(
        -1,
        floats([1, 3], () => 0),
      ),
    };
    expect(await run(oneAttention(), same, addVsf({ negativeTokens: 3 }))).toBeAllclose(
      await run(oneAttention(), feeds()),
      { atol: 1e-6 },
    );
  });

  it("mixes with the plain attention by its weight", async () => {
    const at = (weight: number) =>
      run(
        oneAttention(),
        {
          ...feeds(),
          negative_hidden_states: negative(1, 4),
          ...methods.VSF!.on(1, 4),
          vsf_weight: numbers(weight),
        },
        addVsf({ negativeTokens: 4 }),
      );
    const [plain, half, whole] = [await at(0), await at(0.5), await at(1)];
    expect(plain).toBeAllclose(await run(oneAttention(), feeds()), { atol: 1e-6 });
    expect(half).toBeAllclose(
      whole.map((value, i) => (value + plain[i]!) / 2),
      { atol: 1e-6 },
    );
  });

  it("refuses an attention with a mask", () => {
    const model = oneAttention();
    const inputs = [...model.graph.inputs, { name: "mask", dtype: "float32" as const, shape: [1, 1, 5, 3] }];
    const nodes = model.graph.nodes.map((node) =>
      node.op === "Attention" ? { ...node, inputs: [...node.inputs, "mask"] } : node,
    );
    expect(() => addVsf().run({ ...model, graph: { ...model.graph, inputs, nodes } })).toThrow(
      expect.objectContaining({ code: "NEGATIVE_MASK" }),
    );
  });
});

it("refuses values that are not made of the prompt", () => {
  const b = new GraphBuilder({ name: "another value", opsets: { "": 23 } });
  const query = b.input("sample", "float32", [1, 5, 4]);
  const context = b.input("encoder_hidden_states", "float32", [1, 3, 2]);
  const value = b.input("value", "float32", [1, 3, 4]);
  const key = b.op("MatMul", [context, b.initializer("w", float32Data([1, 2, -1, 0, 3, 1, 0, -2], [2, 4]))]);
  b.output(
    "out_sample",
    b.op("Attention", [query, key, value], { q_num_heads: int(2), kv_num_heads: int(2) }),
  );
  expect(() => addNag().run(b.build())).toThrow(expect.objectContaining({ code: "NEGATIVE_PROJECTION" }));
});
