// A U-Net with a SUN adapter: gradients of its distillation loss against PyTorch's, and against finite differences.

import { openComponent, openSafetensors } from "@sunstep/checkpoint";
import { fileSource, folderTree } from "@sunstep/checkpoint/node";
import { buildUNet } from "@sunstep/networks";
import { emitterFor, int, type Model, type NamedValue, withNodes } from "@sunstep/onnx-graph";
import { addSunAdapter, readSunAdapter } from "@sunstep/sun-adapter";
import { type Tensor, tensor } from "@sunstep/tensor";
import { fixture, readSafetensors } from "@sunstep/testing";
import { afterAll, describe, expect, it } from "vitest";
import { gradients } from "../src/index.js";
import { numbers, stopRuntime, withSession } from "./finite-differences.js";

afterAll(stopRuntime);

type Feeds = Record<string, Tensor<"float32">>;

const golden = readSafetensors(fixture("training/cfg_distillation_mse_tiny-sd15_plain.safetensors"));
const text = readSafetensors(fixture("training/text_tiny-sd15.safetensors"));
const adapterFile = fixture("sun/tiny-sd15_plain.safetensors");
const adapterWeights = readSafetensors(adapterFile);

function stored(tensors: typeof golden, name: string, rows?: number): Tensor<"float32"> {
  const { shape, data } = tensors.get(name)!;
  const sizes = rows === undefined ? shape : [rows, ...shape.slice(1)];
  const count = sizes.reduce((product, size) => product * size, 1);
  return tensor(Float32Array.from(data as ArrayLike<number | bigint>, Number).subarray(0, count), sizes);
}

const [batch = 1, , height = 1, width = 1] = stored(golden, "in.x_t").shape;

/** The student with its adapter's weights as inputs; `loss` is the mean square of its distance from `target`. */
async function student(): Promise<{ model: Model; names: ReadonlyMap<string, string> }> {
  const unet = await openComponent("unet", folderTree(fixture("tiny-sd15/unet")));
  const adapter = readSunAdapter(await openSafetensors(await fileSource(adapterFile)));
  const built = buildUNet({ ...unet, batch, height, width, tokens: 77 });
  const { graph, opsets, metadata } = addSunAdapter(adapter).run(built).model;
  const trained = [...graph.initializers].filter(
    ([, { data }]) => data.kind === "external" && data.source.path === adapterFile,
  );
  const names = new Map(trained.map(([name]) => [name.slice(name.lastIndexOf("/") + 1), name] as const));
  const target: NamedValue = { name: "target", dtype: "float32", shape: stored(golden, "in.x_t").shape };
  const weights = trained.map(([name, { shape }]): NamedValue => ({ name, dtype: "float32", shape }));
  const initializers = new Map(graph.initializers);
  for (const [name] of trained) initializers.delete(name);
  const inputs = [...graph.inputs, target, ...weights];
  const open: Model = { opsets, metadata, graph: { ...graph, inputs, initializers } };
  const emit = emitterFor(open);
  const distance = emit.op("Sub", [emit.value("out_sample"), emit.value("target")]);
  const loss = emit.op(
    "ReduceMean",
    [emit.op("Mul", [distance, distance])],
    { keepdims: int(0) },
    { name: "loss" },
  );
  const whole = withNodes(open, emit, [...graph.nodes, ...emit.nodes]);
  return { names, model: { ...whole, graph: { ...whole.graph, outputs: [...graph.outputs, loss] } } };
}

function feeds(names: ReadonlyMap<string, string>): Feeds {
  const weights = [...names].map(([name, value]) => [value, stored(adapterWeights, name)] as const);
  return {
    sample: stored(golden, "in.x_t"),
    timestep: stored(golden, "in.timesteps"),
    encoder_hidden_states: stored(text, "prompt_embeds", batch),
    negative_hidden_states: stored(text, "negative_embeds", batch),
    sun_scale: tensor(Float32Array.of(1), [1]),
    target: stored(golden, "out.eps_hat"),
    ...Object.fromEntries(weights),
  };
}

describe("a U-Net with a SUN adapter", async () => {
  const { model, names } = await student();
  const given = feeds(names);
  const loss = "loss";

  it("has the same gradients as in PyTorch", async () => {
    const withRespectTo = ["sample", ...names.values()];
    const results = await withSession(gradients(model, { loss, withRespectTo }), (run) => run(given));
    expect(results.loss!.data).toBeAllclose(stored(golden, "out.loss").data, { rtol: 3e-5 });
    // Tolerances of the reference set, relative to the largest element: 6e-5 for inputs and 2e-4 for weights.
    const check = (actual: string, expected: string, tolerance: number) => {
      const { data } = stored(golden, expected);
      const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(results[`grad/${actual}`]!.data).toBeAllclose(data, { atol: tolerance * largest });
    };
    check("sample", "grad_in.x_t", 6e-5);
    expect(names.size).toBe(64);
    for (const [name, value] of names) check(value, `grad.${name}`, 2e-4);
  });

  it("has gradients that agree with finite differences along random directions", async () => {
    const withRespectTo = [...names.values()];
    await withSession(gradients(model, { loss, withRespectTo }), async (run) => {
      const results = await run(given);
      for (const seed of [1, 2, 3]) {
        const directions = new Map(
          withRespectTo.map((name, i) => [name, numbers(given[name]!.data.length, 50 * seed + i)]),
        );
        const moved = (step: number): Feeds => ({
          ...given,
          ...Object.fromEntries(
            withRespectTo.map((name) => {
              const { data, shape } = given[name]!;
              return [
                name,
                tensor(
                  data.map((value, i) => value + step * directions.get(name)![i]!),
                  shape,
                ),
              ];
            }),
          ),
        });
        const lossAt = async (step: number) =>
          meanSquare((await run(moved(step))).out_sample!, given.target!);
        const step = 2 ** -9;
        const slope = ((await lossAt(step)) - (await lossAt(-step))) / (2 * step);
        const expected = withRespectTo.reduce((sum, name) => {
          const gradient = results[`grad/${name}`]!.data as Float32Array;
          return sum + gradient.reduce((part, value, i) => part + value * directions.get(name)![i]!, 0);
        }, 0);
        expect([slope]).toBeAllclose([expected], { rtol: 2e-3, atol: 1e-3 });
      }
    });
  });

  it("has the same gradients when computed from checkpoints", async () => {
    const withRespectTo = [...names.values()].slice(0, 4);
    const checkpoint = model.graph.nodes.flatMap(({ op, outputs }) => (op === "Conv" ? outputs : []));
    const kept = await withSession(gradients(model, { loss, withRespectTo }), (run) => run(given));
    const recomputing = gradients(model, { loss, withRespectTo, checkpoint });
    expect(recomputing.graph.nodes.length).toBeGreaterThan(
      gradients(model, { loss, withRespectTo }).graph.nodes.length,
    );
    const again = await withSession(recomputing, (run) => run(given));
    for (const name of withRespectTo) {
      const expected = kept[`grad/${name}`]!.data as Float32Array;
      const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(again[`grad/${name}`]!.data).toBeAllclose(expected, { atol: 1e-5 * largest });
    }
  });
});

/** Sums in double precision: the rounding of the loss would be larger than its change. */
function meanSquare({ data }: Tensor, target: Tensor): number {
  const values = data as Float32Array;
  return values.reduce((sum, value, i) => sum + (value - Number(target.data[i])) ** 2, 0) / values.length;
}
