import { openCheckpoint } from "@sunstep/checkpoint";
import { folderTree } from "@sunstep/checkpoint/node";
import { buildTextEncoder, buildUNet, buildVaeDecoder } from "@sunstep/networks";
import { type GraphBuilder, int, ints, type Model, runPasses, type Value } from "@sunstep/onnx-graph";
import { fixture } from "@sunstep/testing";
import { expect, it } from "vitest";
import { lowerForWebGpu } from "../../src/index.js";
import { computeProductsInFloat16 } from "../../src/lower/compute-products-in-float16.js";
import { build, expectEquivalent, operators, weight } from "../equivalence.js";

/** 0.25, -0.25, 0.125, -0.375 and 0.0999756 in float16. */
const halves = [0x3400, 0xb400, 0x3000, 0xb600, 0x2e66];

/** A float16 weight as networks emit it: stored, then cast to float32. */
function half(graph: GraphBuilder, shape: readonly number[]): Value {
  const count = shape.reduce((product, size) => product * size, 1);
  const bits = Uint16Array.from({ length: count }, (_, i) => halves[(i * 7 + (i >> 3)) % halves.length]!);
  const stored = graph.initializer("half", {
    dtype: "float16",
    shape,
    data: { kind: "inline", bytes: new Uint8Array(bits.buffer) },
  });
  return graph.op("Cast", [stored], { to: int(1) });
}

/** For products of size 1: float16 has 11 bits. */
const tolerance = { rtol: 5e-3, atol: 5e-3 };

it("computes linear layers, convolutions and tables in float16 and cancels casts between them", async () => {
  const model = build((graph) => {
    const ids = graph.input("ids", "int64", [1, 16]);
    const embedded = graph.op("Gather", [half(graph, [64, 8]), ids]);
    const linear = graph.op("MatMul", [
      embedded,
      graph.op("Transpose", [half(graph, [12, 8])], { perm: ints([1, 0]) }),
    ]);
    const image = graph.op("Reshape", [linear, graph.ints([1, 12, 4, 4])]);
    return graph.op("Conv", [image, half(graph, [4, 12, 3, 3]), half(graph, [4])], {
      kernel_shape: ints([3, 3]),
      pads: ints([1, 1, 1, 1]),
    });
  });
  const after = await expectEquivalent(model, [computeProductsInFloat16], tolerance);
  // After the linear layer, before the convolution and after it; between table and linear layer casts cancel.
  const casts = after.graph.nodes.filter(({ op }) => op === "Cast");
  expect(casts.map(({ inputs }) => after.graph.initializers.has(inputs[0] ?? ""))).toEqual(
    casts.map(() => false),
  );
  expect(casts.length).toBe(3);
});

it("leaves a product whose weight is stored in float32 as it is", () => {
  const model = build((graph) =>
    graph.op("MatMul", [graph.input("x", "float32", [2, 8]), weight(graph, [8, 4])]),
  );
  expect(computeProductsInFloat16.run(model).modified).toBe(false);
});

it("leaves the products of a LoRA to the CPU, which computes them while it loads the model", () => {
  const model = build((graph) => {
    const change = graph.op("MatMul", [half(graph, [8, 2]), half(graph, [2, 4])]);
    const sum = graph.op("Add", [half(graph, [8, 4]), change]);
    return graph.op("MatMul", [graph.input("x", "float32", [2, 8]), sum]);
  });
  expect(computeProductsInFloat16.run(model).modified).toBe(false);
});

it("keeps all large weights of a float16 checkpoint in float16", async () => {
  const { unet, textEncoders, vae } = await openCheckpoint(await folderTree(fixture("tiny-sd15")), {
    variant: "fp16",
  });
  const size = { batch: 1, height: 8, width: 8 };
  const networks = [
    { network: buildUNet({ ...unet, ...size, tokens: 77 }), tables: [] },
    // Added, not multiplied with; 77 rows.
    {
      network: buildTextEncoder({ ...textEncoders[0], batch: 1 }),
      tables: ["text_model.embeddings.position_embedding.weight"],
    },
    { network: buildVaeDecoder({ ...vae, ...size }), tables: [] },
  ];
  for (const { network, tables } of networks) {
    const { model } = runPasses(network, [...lowerForWebGpu, computeProductsInFloat16]);
    expect(castTables(model)).toEqual(tables);
    expect(operators(model).Conv).toBe(operators(network).Conv);
  }
});

/** Names of the float16 weights that are cast to float32, without biases and scales. */
function castTables({ graph }: Model): string[] {
  return graph.nodes
    .filter(({ op }) => op === "Cast")
    .flatMap(({ inputs }) => inputs)
    .filter((name) => (graph.initializers.get(name)?.shape.length ?? 0) > 1);
}
