import type { NetworkName, WeightRef } from "@sunstep/checkpoint";
import {
  checkModel,
  float32Data,
  GraphBuilder,
  type Initializer,
  int,
  ints,
  writeOnnx,
} from "@sunstep/onnx-graph";
import { runOnnx } from "@sunstep/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addLoras, type Lora, type ScaledLora } from "../src/index.js";
import { externalData } from "./external-data.js";
import { openLora, run, tinyTextEncoder, tinyUNet } from "./models.js";

describe("addLoras", () => {
  it("returns a model unchanged when no LoRA applies to it", async () => {
    const unet = tinyUNet();
    const lora = await openLora("lora/kohya.safetensors");
    const textOnly = {
      ...lora,
      targets: lora.targets.filter((target) => target.network === "text_encoder"),
    };
    for (const loras of [[], [{ lora, scale: 0 }], [{ lora: textOnly, scale: 1 }]])
      expect(addLoras(loras, "unet").run(unet)).toEqual({ model: unet, modified: false });
  });

  it("adds several LoRAs up, in any order", async () => {
    const unet = tinyUNet();
    const [a, b] = [await openLora("lora/kohya.safetensors"), await openLora("lora/kohya_locon.safetensors")];
    const merged = (...loras: ScaledLora[]) => run(addLoras(loras, "unet").run(unet).model);
    const both = await merged({ lora: a, scale: 0.5 }, { lora: b, scale: -0.3 });
    expect(both).toBeAllclose(await merged({ lora: b, scale: -0.3 }, { lora: a, scale: 0.5 }), {
      atol: 1e-5,
    });
    const halves = [0.25, 0.25].map((scale) => ({ lora: a, scale }));
    expect(await merged(...halves)).toBeAllclose(await merged({ lora: a, scale: 0.5 }), { atol: 1e-5 });
    expect(both).not.toBeAllclose(await merged({ lora: a, scale: 0.5 }), { atol: 1e-3 });
  });

  it("skips layers that the graph leaves out", async () => {
    const lora = await openLora("lora/kohya.safetensors");
    const { model, modified } = addLoras([{ lora, scale: 1 }], "text_encoder").run(
      tinyTextEncoder({ clipSkip: 1 }),
    );
    checkModel(model);
    expect(modified).toBe(true);
    expect([...model.graph.initializers.keys()].filter((name) => name.includes("encoder.layers.2"))).toEqual(
      [],
    );
  });

  it("rejects a scale that is not a number", async () => {
    const lora = await openLora("lora/kohya.safetensors");
    expect(() => addLoras([{ lora, scale: Number.NaN }], "unet")).toThrow(
      expect.objectContaining({ code: "LORA_SCALE" }),
    );
  });
});

const numbers = (shape: readonly number[], seed: number) =>
  Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(seed + 1.3 * i));

function weight(name: string, shape: readonly number[], seed: number): WeightRef & { values: Float32Array } {
  const values = numbers(shape, seed);
  const bytes = new Uint8Array(values.buffer);
  const source = { name, size: bytes.length, read: async (at: number, n: number) => bytes.slice(at, at + n) };
  return { name, dtype: "float32", shape, source, offset: 0, length: bytes.length, values };
}

/** A LoRA of one product, scaled by `strength`. */
const loraOf = (
  left: WeightRef,
  right: WeightRef,
  {
    core,
    strength = 1,
    network = "unet",
  }: { core?: WeightRef; strength?: number; network?: NetworkName } = {},
): Lora => ({
  targets: [
    {
      network,
      parameter: "layer.weight",
      update: { kind: "product", left, right, ...(core && { core }) },
      strength,
    },
  ],
  unknown: [],
  warnings: [],
});

/** The merged weight "layer.weight" of a graph that does nothing but give it out. */
async function mergedWeight(
  base: Initializer,
  prepare: "as it is" | "cast" | "transposed",
  loras: ScaledLora[],
) {
  const b = new GraphBuilder({ name: "weight", opsets: { "": 23 } });
  const stored = b.initializer("layer.weight", base);
  const x = b.input("x", "float32", [1]);
  const value =
    prepare === "cast"
      ? b.op("Cast", [stored], { to: int(1) }, { name: "layer.weight/float32" })
      : prepare === "transposed"
        ? b.op("Transpose", [stored], {}, { name: "layer.weight/transposed" })
        : stored;
  b.output("y", b.op("Mul", [b.op("Transpose", [value], { perm: ints(value.shape.map((_, i) => i)) }), x]));
  const { model } = addLoras(loras, "unet").run(b.build());
  checkModel(model);
  const one = { dtype: "float32", shape: [1], data: Float32Array.of(1) };
  return (await runOnnx(writeOnnx(model), { x: one }, { externalData: await externalData(model) })).y!;
}

describe("the merged weight", () => {
  const size = fc.integer({ min: 1, max: 5 });

  it("is W + scale * alpha / rank * up @ down for linear layers and convolutions of any size", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ outputs: size, inputs: size, rank: size, kernel: fc.constantFrom([], [1, 1], [3, 3]) }),
        fc.constantFrom("linear", "convolution"),
        fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined }),
        fc.constantFrom<"as it is" | "cast" | "transposed">("as it is", "cast", "transposed"),
        async ({ outputs, inputs, rank, kernel }, factors, alpha, stored) => {
          const shape = [outputs, inputs, ...kernel];
          const taps = kernel.length === 2 ? kernel[0]! * kernel[1]! : 1;
          // A linear layer's update may come as 1x1 convolutions, and the other way round.
          const asConvolution = taps > 1 || factors === "convolution";
          const down = weight(
            "down",
            asConvolution ? [rank, inputs, ...(taps > 1 ? kernel : [1, 1])] : [rank, inputs],
            1,
          );
          const up = weight("up", asConvolution ? [outputs, rank, 1, 1] : [outputs, rank], 2);
          const lora = loraOf(up, down, { strength: (alpha ?? rank) / rank });

          const prepare = kernel.length > 0 && stored === "transposed" ? "as it is" : stored;
          const base = numbers(shape, 3);
          const inFile =
            prepare === "transposed"
              ? float32Data(
                  Float32Array.from(base, (_, i) => base[(i % outputs) * inputs + Math.floor(i / outputs)]!),
                  [inputs, outputs],
                )
              : float32Data(base, shape);
          const merged = await mergedWeight(inFile, prepare, [{ lora, scale: 0.7 }]);

          const strength = (0.7 * (alpha ?? rank)) / rank;
          const expected = base.map((value, at) => {
            const [o, rest] = [Math.floor(at / (inputs * taps)), at % (inputs * taps)];
            let sum = 0;
            for (let r = 0; r < rank; r++)
              sum += up.values[o * rank + r]! * down.values[r * inputs * taps + rest]!;
            return value + strength * sum;
          });
          expect(merged.shape).toEqual(shape);
          expect(merged.data).toBeAllclose(expected, { atol: 1e-5 });
        },
      ),
      { numRuns: 60 },
    );
  });

  it("is the product of LoCon's three convolutions", async () => {
    const [outputs, inputs, rank, kernel] = [3, 2, 4, 3];
    const [up, mid, down] = [
      weight("up", [outputs, rank, 1, 1], 1),
      weight("mid", [rank, rank, kernel, kernel], 2),
      weight("down", [rank, inputs, 1, 1], 3),
    ];
    const shape = [outputs, inputs, kernel, kernel];
    const base = numbers(shape, 4);
    const merged = await mergedWeight(float32Data(base, shape), "as it is", [
      { lora: loraOf(up, down, { core: mid, strength: 2 / rank }), scale: 1 },
    ]);
    const taps = kernel * kernel;
    const expected = base.map((value, at) => {
      const o = Math.floor(at / (inputs * taps));
      const i = Math.floor(at / taps) % inputs;
      let sum = 0;
      for (let a = 0; a < rank; a++)
        for (let b = 0; b < rank; b++)
          sum +=
            up.values[o * rank + a]! *
            mid.values[(a * rank + b) * taps + (at % taps)]! *
            down.values[b * inputs + i]!;
      return value + (2 / rank) * sum;
    });
    expect(merged.data).toBeAllclose(expected, { atol: 1e-5 });
  });

  it("keeps the data type of a table that is read in its stored type", async () => {
    const b = new GraphBuilder({ name: "embedding", opsets: { "": 23 } });
    const halves: Initializer = {
      dtype: "float16",
      shape: [2, 1],
      data: { kind: "inline", bytes: new Uint8Array(Uint16Array.of(0x3c00, 0x4000).buffer) },
    };
    const rows = b.op("Gather", [b.initializer("layer.weight", halves), b.input("ids", "int64", [1])], {
      axis: int(0),
    });
    b.output("y", b.op("Cast", [rows], { to: int(1) }));
    const lora = loraOf(weight("up", [2, 1], 2), weight("down", [1, 1], 1));
    const { model } = addLoras([{ lora, scale: 1 }], "unet").run(b.build());
    const ids = { dtype: "int64", shape: [1], data: BigInt64Array.of(1n) };
    const { y } = await runOnnx(writeOnnx(model), { ids }, { externalData: await externalData(model) });
    expect(y!.data).toBeAllclose([2 + Math.sin(3.3) * Math.sin(1)], { atol: 1e-3 });
  });

  it("is not changed by targets of another network", async () => {
    const [down, up] = [weight("down", [1, 2], 1), weight("up", [2, 1], 2)];
    const merged = await mergedWeight(float32Data([1, 2, 3, 4], [2, 2]), "as it is", [
      { lora: loraOf(up, down, { network: "text_encoder" }), scale: 1 },
    ]);
    expect([...merged.data]).toEqual([1, 2, 3, 4]);
  });

  it("throws an error that names both shapes where they do not fit", () => {
    const b = new GraphBuilder({ name: "weight", opsets: { "": 23 } });
    const x = b.input("x", "float32", [1, 6]);
    b.output(
      "y",
      b.op("MatMul", [x, b.initializer("layer.weight", float32Data(new Float32Array(24), [6, 4]))]),
    );
    const lora = loraOf(weight("up", [6, 2], 2), weight("down", [2, 5], 1));
    expect(() => addLoras([{ lora, scale: 1 }], "unet").run(b.build())).toThrow(
      expect.objectContaining({
        code: "LORA_SHAPE",
        message: expect.stringMatching(/up \[6,2\], down \[2,5\].*layer\.weight \[6,4\]/),
      }),
    );
  });
});
