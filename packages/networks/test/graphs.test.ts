import { openCheckpoint } from "@sunstep/checkpoint";
import { folderTree } from "@sunstep/checkpoint/node";
import { checkModel, type Model, writeOnnx } from "@sunstep/onnx-graph";
import { fixture } from "@sunstep/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { buildTextEncoder, buildUNet, buildVaeDecoder, buildVaeEncoder } from "../src/index.js";

const sizes = { batch: 1, height: 8, width: 12, tokens: 77 };
let checkpoint: Awaited<ReturnType<typeof openCheckpoint>>;
let models: Record<string, Model>;

beforeAll(async () => {
  checkpoint = await openCheckpoint(folderTree(fixture("tiny-sd15")), { variant: "fp16" });
  const { unet, textEncoders, vae } = checkpoint;
  models = {
    unet: buildUNet({ ...unet, ...sizes }),
    textEncoder: buildTextEncoder({ ...textEncoders[0], batch: 1, pooled: true }),
    vaeDecoder: buildVaeDecoder({ ...vae, batch: 1, height: 8, width: 12 }),
    vaeEncoder: buildVaeEncoder({ ...vae, batch: 1, height: 64, width: 96 }),
  };
});

describe.each(["unet", "textEncoder", "vaeDecoder", "vaeEncoder"])("%s", (name) => {
  test("is valid ONNX of standard operators only", () => {
    const model = models[name]!;
    checkModel(model);
    expect(Object.keys(model.opsets)).toEqual([""]);
    expect(model.graph.nodes.filter((node) => node.domain !== "")).toEqual([]);
  });

  test("points into the checkpoint instead of holding weights", () => {
    const { graph } = models[name]!;
    const inline = [...graph.initializers].filter(
      ([, { data }]) => data.kind === "inline" && data.bytes.length > 1024,
    );
    expect(inline.map(([weight]) => weight)).toEqual([]);
    expect(writeOnnx(models[name]!).byteLength).toBeLessThan(1_000_000);
  });
});

const read = (...names: string[]) =>
  new Set(
    names.flatMap((name) =>
      [...models[name]!.graph.initializers]
        .filter(([, { data }]) => data.kind === "external")
        .map(([weight]) => weight),
    ),
  );

test.each([
  ["unet", () => checkpoint.unet, ["unet"]],
  ["text encoder", () => checkpoint.textEncoders[0], ["textEncoder"]],
  ["vae", () => checkpoint.vae, ["vaeDecoder", "vaeEncoder"]],
] as const)("every weight of the %s is used", (_, component, names) => {
  const used = read(...names);
  const unused = component()
    .weights.names()
    .filter((name) => !used.has(name) && !name.endsWith("position_ids"));
  expect(unused).toEqual([]);
});

test("nodes have the names of diffusers' modules", () => {
  const names = new Set(models.unet!.graph.nodes.map((node) => node.name));
  expect(names).toContain("down_blocks.0.attentions.0.transformer_blocks.0.attn2/Attention");
  expect(names).toContain("mid_block.resnets.1.conv2/Conv");
});

test("odd latent sizes are upsampled to the size of the skip", () => {
  const { graph } = buildUNet({ ...checkpoint.unet, ...sizes, height: 9, width: 13 });
  expect(graph.outputs[0]?.shape).toEqual([1, 4, 9, 13]);
});

test("clip skip leaves out the last layers", () => {
  const nodes = (clipSkip: number) =>
    buildTextEncoder({ ...checkpoint.textEncoders[0], batch: 1, clipSkip }).graph.nodes.length;
  expect(nodes(1)).toBeLessThan(nodes(0));
});

test("a missing weight is named in the error", () => {
  const { config, weights } = checkpoint.unet;
  const smaller = {
    ...weights,
    has: (name: string) => weights.has(name),
    get: (name: string) => weights.get(name.replace("conv_in", "conv_inn")),
  };
  expect(() => buildUNet({ config, weights: smaller, ...sizes })).toThrow(/conv_inn\.weight/);
});
