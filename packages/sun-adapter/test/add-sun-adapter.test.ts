import { readFileSync } from "node:fs";
import {
  bindInputs,
  checkModel,
  float32Data,
  GraphBuilder,
  int,
  type Model,
  readOnnx,
  removeDeadCode,
  removeIdentities,
  runPasses,
} from "@sunstep/onnx-graph";
import { fixture } from "@sunstep/testing";
import { describe, expect, it } from "vitest";
import { addSunAdapter, readSunAdapter, type SunAdapter } from "../src/index.js";
import { adapterFile, type MadeUpLayer } from "./adapter-file.js";
import { openAdapter, openGolden, runUNet, tinyUNet } from "./unet.js";

const golden = openGolden("sun/tiny-sd15_unet_addpos_3.safetensors");
const plainUNet = () => tinyUNet("tiny-sd15", golden);

/** Returns the module that each layer of the adapter went to, by the names of the added weights. */
function placesOf({ graph }: Model): Map<number, string> {
  const places = [...graph.initializers.keys()].flatMap((name): [number, string][] => {
    const [, module, index] = /^(.*)\.sun\.(\d+)\/\d+\.to_k_neg\.weight$/.exec(name) ?? [];
    return module === undefined ? [] : [[Number(index), module]];
  });
  return new Map(places);
}

/** The same graph with meaningless names, as an exporter might write them. */
function anonymous(model: Model): Model {
  const nodes = model.graph.nodes.map((node, i) => ({ ...node, name: `node_${i}` }));
  return { ...model, graph: { ...model.graph, nodes } };
}

describe("addSunAdapter", () => {
  const { models } = JSON.parse(readFileSync(fixture("sun/index_map.json"), "utf8")) as {
    models: Record<string, { index: number; processor: string; self_attention?: boolean }[]>;
  };
  const expected = models["tiny-sd15"]!.filter((entry) => !entry.self_attention).map(
    ({ index, processor }) => [index, processor.replace(".processor", "")] as const,
  );

  it("pairs layers with cross-attentions in diffusers' order, by the names of nodes", async () => {
    const adapter = await openAdapter("sun/tiny-sd15_plain.safetensors");
    const adapted = addSunAdapter(adapter).run(await plainUNet()).model;
    checkModel(adapted);
    expect([...placesOf(adapted)].sort(([a], [b]) => a - b)).toEqual(expected);
  });

  it("pairs layers with cross-attentions in the same order where names say nothing", async () => {
    const adapter = await openAdapter("sun/tiny-sd15_addpos.safetensors");
    const unet = anonymous(await plainUNet());
    const adapted = addSunAdapter(adapter, { norm: "batch" }).run(unet).model;
    expect(await runUNet(adapted, golden.feeds)).toBeAllclose(golden.output("eps"), { atol: 2e-5 });
  });
});

describe("sun_scale", () => {
  it("gives the plain U-Net's numbers at 0, and the plain U-Net once bound", async () => {
    const unet = await plainUNet();
    const adapted = addSunAdapter(await openAdapter("sun/tiny-sd15_addpos.safetensors")).run(unet).model;
    const feeds = { ...golden.feeds, sun_scale: { dtype: "float32", shape: [1], data: Float32Array.of(0) } };
    const base = await runUNet(unet, golden.feeds);
    expect(base).toBeAllclose(golden.output("eps_base"), { atol: 2e-5 });
    expect(await runUNet(adapted, feeds)).toEqual(base);

    const bound = bindInputs({ sun_scale: float32Data([0], [1]) }).run(adapted).model;
    const clean = runPasses(unet, [removeIdentities, removeDeadCode]).model;
    expect(bound.graph.nodes).toEqual(clean.graph.nodes);
    expect(bound.graph.inputs).toEqual(clean.graph.inputs);
    expect([...bound.graph.initializers.keys()]).toEqual([...clean.graph.initializers.keys()]);
  });

  it("scales the adapter between 0 and 1", async () => {
    // One attention, so the result is linear in the scale: half way is the mean of both ends.
    const { model, feeds } = await oneAttention([{ index: 1, channels: 4, context: 2, addPos: true }]);
    const at = async (scale: number) =>
      runUNet(model, { ...feeds, sun_scale: { dtype: "float32", shape: [1], data: Float32Array.of(scale) } });
    const [none, half, full] = [await at(0), await at(0.5), await at(1)];
    expect(full).not.toBeAllclose(none, { atol: 1e-2 });
    expect(half).toBeAllclose(
      full.map((value, i) => (value + none[i]!) / 2),
      { atol: 1e-6 },
    );
  });
});

const floats = (shape: readonly number[], at: (i: number) => number) => ({
  dtype: "float32",
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => at(i)),
});

/** A graph of one cross-attention with an adapter: context width 2, four channels in two heads, five image tokens. */
async function oneAttention(layers: readonly MadeUpLayer[], values: Readonly<Record<string, number>> = {}) {
  const b = new GraphBuilder({ name: "one attention", opsets: { "": 23 } });
  const query = b.input("sample", "float32", [1, 5, 4]);
  const context = b.input("encoder_hidden_states", "float32", [1, 3, 2]);
  const weight = b.initializer("w", float32Data([1, 2, -1, 0, 3, 1, 0, -2], [2, 4]));
  const keys = b.op("MatMul", [context, weight]);
  const heads = { q_num_heads: int(2), kv_num_heads: int(2) };
  b.output("out_sample", b.op("Attention", [query, keys, keys], heads));
  const adapter = readSunAdapter(await adapterFile(layers, {}, values));
  const { model } = addSunAdapter(adapter, { negativeTokens: 6 }).run(b.build());
  const feeds = {
    sample: floats([1, 5, 4], (i) => Math.sin(i)),
    encoder_hidden_states: floats([1, 3, 2], (i) => Math.cos(2 * i)),
    negative_hidden_states: floats([1, 6, 2], (i) => Math.sin(3 * i)),
    sun_scale: floats([1], () => 1),
  };
  return { model, feeds };
}

describe("the normalised attention", () => {
  it("is 0, not NaN, where a branch is zero", async () => {
    const layer = { index: 1, channels: 4, context: 2, addPos: true };
    const zero = { "1.to_v_neg.weight": 0, "1.to_v_extra_pos.weight": 0 };
    const { model, feeds } = await oneAttention([layer], { ...zero, "1.to_k_neg_beta": 0.25 });
    const off = floats([1], () => 0);
    const base = await runUNet(model, { ...feeds, sun_scale: off });
    // Zn = Ze = 0, so what is left is Zp - beta_n + beta_e.
    expect(await runUNet(model, feeds)).toBeAllclose(
      base.map((value) => value - 0.25 + 0.5),
      { atol: 1e-6 },
    );

    // Where Zp is long, as in large networks, the ratio of both lengths is still a number.
    const loud = { ...feeds, encoder_hidden_states: floats([1, 3, 2], (i) => 1000 * Math.cos(2 * i)) };
    const long = await runUNet(model, { ...loud, sun_scale: off });
    expect([...long].every(Number.isFinite)).toBe(true);
    expect(await runUNet(model, loud)).toBeAllclose(
      long.map((value) => value - 0.25 + 0.5),
      { rtol: 1e-6 },
    );

    const silent = { ...feeds, encoder_hidden_states: floats([1, 3, 2], () => 0) };
    expect((await runUNet(model, silent)).every(Number.isFinite)).toBe(true);
  });

  it("does not depend on the norm of the negative attention", async () => {
    const layer = { index: 1, channels: 4, context: 2 };
    const small = await oneAttention([layer], { "1.to_v_neg.weight": 0.01 });
    const large = await oneAttention([layer], { "1.to_v_neg.weight": 30 });
    expect(await runUNet(small.model, small.feeds)).toBeAllclose(await runUNet(large.model, large.feeds), {
      atol: 1e-5,
    });
  });
});

describe("addSunAdapter on a model that does not fit", () => {
  const refusal = (adapter: SunAdapter, model: Model) => () => addSunAdapter(adapter).run(model);
  const error = (code: string, message: RegExp) =>
    expect.objectContaining({ code, message: expect.stringMatching(message) });

  it("rejects a graph without cross-attention", async () => {
    const model = await readOnnx(readFileSync(fixture("hostile/no_attention.onnx")));
    const adapter = await openAdapter("sun/tiny-sd15_plain.safetensors");
    expect(refusal(adapter, model)).toThrow(
      error("SUN_NO_CROSS_ATTENTION", /no cross-attention layers found/),
    );
  });

  it("rejects an adapter with too few layers and names the missing ones", async () => {
    const adapter = await openAdapter("hostile/sun_too_few_layers.safetensors");
    const missing = /covers 1 of the U-Net's 16 cross-attention layers; it lacks the indices 3, 5, 7/;
    expect(refusal(adapter, await plainUNet())).toThrow(error("SUN_SHAPE", missing));
    const { layers, ...rest } = await openAdapter("sun/tiny-sd15_plain.safetensors");
    expect(refusal({ ...rest, layers: layers.slice(0, 1) }, await plainUNet())).toThrow(
      error("SUN_LAYERS", missing),
    );
  });

  it("rejects an adapter with too many layers", async () => {
    const { layers, ...rest } = await openAdapter("sun/tiny-sd15_plain.safetensors");
    const more = [...layers, { ...layers[0]!, index: 33 }];
    expect(refusal({ ...rest, layers: more }, await plainUNet())).toThrow(
      error("SUN_LAYERS", /the U-Net has no indices 33/),
    );
  });

  it("rejects an adapter of another width and names both shapes", async () => {
    const adapter = await openAdapter("hostile/sun_wrong_width.safetensors");
    expect(refusal(adapter, await plainUNet())).toThrow(
      error(
        "SUN_SHAPE",
        /1\.to_k_neg\.weight is \[17, 31\].*down_blocks\.0\.attentions\.0.*needs \[16, 16\]/,
      ),
    );
  });

  it("rejects a second adapter", async () => {
    const adapter = await openAdapter("sun/tiny-sd15_plain.safetensors");
    const adapted = addSunAdapter(adapter).run(await plainUNet()).model;
    expect(refusal(adapter, adapted)).toThrow(error("SUN_ALREADY_ADDED", /negative_hidden_states/));
  });
});
