import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openSafetensors, readWeight, type Weights } from "@sunstep/checkpoint";
import { fileSource, folderTree } from "@sunstep/checkpoint/node";
import { addLoras, readLora } from "@sunstep/lora";
import { buildUNet } from "@sunstep/networks";
import { float32Data, type Model } from "@sunstep/onnx-graph";
import { addSunAdapter, readSunAdapter } from "@sunstep/sun-adapter";
import { fixture } from "@sunstep/testing";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { openOnnxFolder } from "../src/index.js";
import { type Edit, exportFolder, original, removeFolder, WEIGHTS } from "./exported-folder.js";

async function bytesOf(weights: Weights, name: string) {
  const { dtype, shape, data } = await readWeight(weights.get(name));
  return { dtype, shape, data };
}

async function expectSameWeights(actual: Weights, expected: Weights): Promise<void> {
  const names = expected.names().filter((name) => actual.has(name));
  for (const name of names) expect(await bytesOf(actual, name)).toEqual(await bytesOf(expected, name));
  expect([...names].sort()).toEqual([...actual.names()].sort());
}

/** Opens a folder that is written for one test. */
async function openEdited(edit: Edit, change: (folder: string) => void = () => undefined) {
  const folder = await exportFolder(edit);
  onTestFinished(() => removeFolder(folder));
  change(folder);
  return openOnnxFolder(folderTree(folder));
}

const unchanged: Edit = (_, model) => model;

describe("a folder of graphs", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await exportFolder();
  });
  afterAll(() => removeFolder(folder));

  it("opens as the checkpoint that it was exported from, weight by weight", async () => {
    const [opened, expected] = [await openOnnxFolder(folderTree(folder)), await original()];
    expect(opened.architecture).toBe("sd1");
    expect(opened.schedulerConfig).toEqual(expected.schedulerConfig);
    expect(opened.unet.config).toEqual(expected.unet.config);
    await expectSameWeights(opened.unet.weights, expected.unet.weights);
    await expectSameWeights(opened.textEncoders[0].weights, expected.textEncoders[0].weights);
    await expectSameWeights(opened.vae.weights, expected.vae.weights);
    expect(opened.unet.weights.names()).toHaveLength(expected.unet.weights.names().length);
    expect(opened.vae.weights.names()).toHaveLength(expected.vae.weights.names().length);
    expect(opened.warnings).toEqual([]);
  });

  it("leaves the weights in their file", async () => {
    const { unet } = await openOnnxFolder(folderTree(folder));
    const { source } = unet.weights.get("conv_in.weight");
    expect(source.path).toBe(join(folder, "unet", WEIGHTS));
  });

  it("takes LoRAs and SUN adapters by the names of its weights", async () => {
    const { unet, textEncoders } = await openOnnxFolder(folderTree(folder));
    const graph = buildUNet({ ...unet, batch: 1, height: 8, width: 8, tokens: 77 });
    const file = await openSafetensors(await fileSource(fixture("lora/kohya.safetensors")));
    const lora = await readLora(file, { unet: unet.weights, text_encoder: textEncoders[0].weights });
    expect(lora.warnings).toEqual([]);
    const merged = addLoras([{ lora, scale: 1 }], "unet").run(graph).model;
    const sun = readSunAdapter(
      await openSafetensors(await fileSource(fixture("sun/tiny-sd15_addpos.safetensors"))),
    );
    const { model } = addSunAdapter(sun).run(merged);
    const names = model.graph.nodes.map(({ name }) => name);
    expect(names.some((name) => name.includes("mid_block.attentions.0.proj_in.lora/"))).toBe(true);
    expect(names.some((name) => name.includes(".sun.31/"))).toBe(true);
  });
});

it("derives configs that the folder lacks, and says so", async () => {
  const without = (folder: string) => {
    for (const name of ["unet", "text_encoder", "vae_decoder", "vae_encoder"])
      rmSync(join(folder, name, "config.json"));
  };
  const [opened, expected] = [await openEdited(unchanged, without), await original()];
  expect(opened.unet.config).toMatchObject({
    block_out_channels: expected.unet.config.block_out_channels,
    attention_head_dim: expected.unet.config.attention_head_dim,
    layers_per_block: expected.unet.config.layers_per_block,
    down_block_types: expected.unet.config.down_block_types,
    up_block_types: expected.unet.config.up_block_types,
    mid_block_type: expected.unet.config.mid_block_type,
    norm_num_groups: expected.unet.config.norm_num_groups,
    cross_attention_dim: expected.unet.config.cross_attention_dim,
  });
  await expectSameWeights(opened.unet.weights, expected.unet.weights);
  expect(opened.vae.config.block_out_channels).toEqual(expected.vae.config.block_out_channels);
  expect(opened.warnings.map(({ code }) => code)).toEqual([
    "ONNX_FOLDER_DERIVED_CONFIG",
    "ONNX_FOLDER_DERIVED_CONFIG",
  ]);
});

it("warns of a folder without a VAE encoder", async () => {
  const opened = await openEdited(unchanged, (folder) =>
    rmSync(join(folder, "vae_encoder"), { recursive: true }),
  );
  expect(opened.warnings.map(({ code }) => code)).toEqual(["ONNX_FOLDER_NO_ENCODER"]);
  expect(() => opened.vae.weights.get("encoder.conv_in.weight")).toThrow(
    expect.objectContaining({ code: "ONNX_GRAPH_WEIGHT" }),
  );
});

/** Edits the U-Net's graph alone. */
const unetEdit =
  (edit: (model: Model) => Model): Edit =>
  (folder, model) =>
    folder === "unet" ? edit(model) : model;

describe("graphs that are something else", () => {
  it("names the node that computes something else than the network", async () => {
    const edit = unetEdit((model) => {
      const at = model.graph.nodes.findLastIndex(({ op }) => op === "Conv");
      const nodes = model.graph.nodes.map((node, i) =>
        i === at
          ? { ...node, attributes: { ...node.attributes, strides: { type: "ints", value: [2, 2] } as const } }
          : node,
      );
      return { ...model, graph: { ...model.graph, nodes } };
    });
    const node = /node n\d+/;
    await expect(openEdited(edit)).rejects.toMatchObject({
      code: "ONNX_GRAPH_DIFFERS",
      message: expect.stringMatching(node),
    });
    await expect(openEdited(edit)).rejects.toMatchObject({
      message: expect.stringContaining("conv_out/Conv"),
    });
  });

  it("rejects inputs that no plain network has", async () => {
    const edit = unetEdit((model) => ({
      ...model,
      graph: {
        ...model.graph,
        inputs: [...model.graph.inputs, { name: "down_block_0", dtype: "float32", shape: [1, 16, 16, 24] }],
      },
    }));
    await expect(openEdited(edit)).rejects.toMatchObject({
      code: "ONNX_GRAPH_INPUTS",
      message: expect.stringContaining("down_block_0"),
    });
  });

  it("rejects weights that are quantized", async () => {
    const edit = unetEdit(({ graph, ...model }) => {
      const at = graph.nodes.findIndex(
        ({ op, inputs }) => op === "Cast" && graph.initializers.get(inputs[0]!)?.shape.length === 4,
      );
      const cast = graph.nodes[at]!;
      const { shape } = graph.initializers.get(cast.inputs[0]!)!;
      const bytes = new Uint8Array(shape.reduce((product, size) => product * size, 1));
      const quantized = { dtype: "uint8", shape, data: { kind: "inline", bytes } } as const;
      const scaled = { ...cast, op: "DequantizeLinear", inputs: ["quantized", "scale"], attributes: {} };
      const initializers = new Map(graph.initializers)
        .set("quantized", quantized)
        .set("scale", float32Data([0.5], []));
      return { ...model, graph: { ...graph, nodes: graph.nodes.with(at, scaled), initializers } };
    });
    await expect(openEdited(edit)).rejects.toMatchObject({
      code: "ONNX_GRAPH_WEIGHT",
      message: expect.stringContaining("DequantizeLinear"),
    });
  });

  it("rejects weights past the end of their file, and files that are missing", async () => {
    const shorten = (folder: string) => writeFileSync(join(folder, "unet", WEIGHTS), new Uint8Array(64));
    await expect(openEdited(unchanged, shorten)).rejects.toMatchObject({ code: "ONNX_EXTERNAL_RANGE" });
    const remove = (folder: string) => rmSync(join(folder, "unet", WEIGHTS));
    await expect(openEdited(unchanged, remove)).rejects.toMatchObject({ code: "ONNX_EXTERNAL_MISSING" });
  });
});
