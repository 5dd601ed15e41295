import { tensor } from "@sunstep/tensor";
import { fixture } from "@sunstep/testing";
import { describe, expect, it } from "vitest";
import {
  expectedShapes,
  mixedTypes,
  openCheckpoint,
  openComponent,
  parseUNetConfig,
  readWeight,
} from "../src/index.js";
import { folderTree } from "../src/node.js";
import { errorOf } from "./errors-of.js";
import { float32 } from "./made-up-tensors.js";
import { publishedUNet } from "./published-unet.js";
import { sd15File, source, type Tensors } from "./single-file-tensors.js";

const vaeAttention = (projection: string) => `first_stage_model.decoder.mid.attn_1.${projection}`;

/** Opens the SD 1.5 file with some of its tensors replaced; undefined takes one away. */
function openChanged(changes: Record<string, Tensors[string] | undefined>) {
  const tensors = Object.fromEntries(
    Object.entries({ ...sd15File(), ...changes }).filter((entry): entry is [string, Tensors[string]] =>
      Boolean(entry[1]),
    ),
  );
  return openCheckpoint(source(tensors), {
    config: { unet: { attention_head_dim: 4 }, textEncoder: { num_attention_heads: 4 } },
  });
}

describe("expectedShapes", () => {
  it.each([
    ["1.5", { contextWidth: 768, linearProjection: false }, {}],
    ["2.1", { contextWidth: 1024, linearProjection: true }, { use_linear_projection: true }],
  ])("gives the weights of Stable Diffusion %s's U-Net", (_, published, options) => {
    const config = parseUNetConfig({ cross_attention_dim: published.contextWidth, ...options });
    const shapes = expectedShapes("unet", config);
    expect(new Map(Object.entries(shapes).sort())).toEqual(new Map([...publishedUNet(published)].sort()));
  });

  it.each([
    ["unet", "tiny-sd15/unet"],
    ["unet", "tiny-inpaint/unet"],
    ["textEncoder", "tiny-sd21/text_encoder"],
    ["vae", "tiny-sd21/vae"],
    ["taesd", "tiny-taesd"],
  ] as const)("gives all weights of the %s in %s and no other", async (kind, folder) => {
    const { config, weights, warnings } = await openComponent(kind, folderTree(fixture(folder)));
    expect(Object.keys(expectedShapes(kind, config)).sort()).toEqual(weights.names().sort());
    expect(warnings).toEqual([]);
  });
});

describe("openCheckpoint on weights that do not fit", () => {
  it.each([
    ["a shape that broadcasts", "model.diffusion_model.time_embed.0.bias", [1]],
    ["a transposed shape", "model.diffusion_model.input_blocks.1.1.proj_out.weight", [2, 8, 16, 1]],
    ["a bias of another width", "first_stage_model.decoder.conv_out.bias", [4]],
  ])("rejects a weight by name: %s", async (_, name, shape) => {
    const error = await errorOf(openChanged({ [name]: float32(shape) }));
    expect(error).toMatchObject({
      code: "CHECKPOINT_WEIGHT_SHAPE",
      details: { file: "model.safetensors", shape },
    });
    expect(error.message).toMatch(/model\.safetensors: weight \S+ is \[.*the config asks for \[/);
  });

  it.each([
    "model.diffusion_model.input_blocks.1.0.in_layers.0.bias",
    "model.diffusion_model.middle_block.1.transformer_blocks.0.ff.net.2.bias",
    "first_stage_model.post_quant_conv.bias",
    "cond_stage_model.transformer.text_model.encoder.layers.1.mlp.fc2.bias",
  ])("rejects a file without %s", async (name) => {
    const error = await errorOf(openChanged({ [name]: undefined }));
    expect(error).toMatchObject({
      code: "CHECKPOINT_WEIGHT_MISSING",
      details: { file: "model.safetensors" },
    });
    expect(error.message).toMatch(/no weight \S+\.bias/);
  });

  it("rejects a weight of integers", async () => {
    const name = "model.diffusion_model.out.2.bias";
    const error = await errorOf(openChanged({ [name]: tensor(new Int32Array(4), [4], "int32") }));
    expect(error).toMatchObject({ code: "CHECKPOINT_DATA_TYPE", details: { weight: "conv_out.bias" } });
  });
});

describe("openCheckpoint on axes of length 1", () => {
  it("takes the VAE's attention as 1x1 convolutions, biases included", async () => {
    const plain = await openChanged({});
    const changes = ["q", "k", "v", "proj_out"].flatMap((projection) =>
      (["weight", "bias"] as const).map((parameter) => {
        const name = `${vaeAttention(projection)}.${parameter}`;
        const stored = sd15File()[name]!;
        const shape = parameter === "bias" ? [...stored.shape, 1, 1] : [...stored.shape.slice(0, 2), 1, 1];
        return [name, { ...stored, shape }] as const;
      }),
    );
    const { vae, warnings } = await openChanged(Object.fromEntries(changes));
    expect(warnings).toEqual([]);
    for (const name of vae.weights.names().filter((weight) => weight.includes("attentions")))
      expect(await readWeight(vae.weights.get(name))).toEqual(await readWeight(plain.vae.weights.get(name)));
  });
});

describe("openCheckpoint on further tensors", () => {
  it("warns of unknown tensors of a network by name", async () => {
    const { warnings } = await openChanged({
      "model.diffusion_model.input_blocks.1.2.weight": float32([3]),
      "first_stage_model.decoder.conv_out.scale": float32([1]),
    });
    expect(warnings).toMatchObject([
      {
        code: "CHECKPOINT_UNKNOWN_WEIGHTS",
        details: {
          file: "model.safetensors",
          weights: ["model.diffusion_model.input_blocks.1.2.weight"],
        },
      },
      { details: { weights: ["decoder.conv_out.scale"] } },
    ]);
  });

  it("ignores tensors that no image depends on", async () => {
    const { warnings } = await openChanged({
      "first_stage_model.loss.logvar": float32([]),
      "first_stage_model.model_ema.decay": float32([]),
      "cond_stage_model.transformer.text_model.embeddings.position_ids": float32([1, 77]),
      "cond_stage_model.transformer.text_projection.weight": float32([16, 16]),
      "cond_stage_model.transformer.vision_model.embeddings.class_embedding": float32([8]),
      "model_ema.decay": float32([]),
      global_step: float32([1]),
    });
    expect(warnings).toEqual([]);
  });
});

describe("mixedTypes", () => {
  it("warns of the few bfloat16 weights among float16 ones, and of no other mixture", async () => {
    const { unet } = await openCheckpoint(folderTree(fixture("tiny-sd15")), { variant: "fp16" });
    const half = unet.weights.get("conv_in.bias");
    const of = (dtype: "bfloat16" | "float32") => ({ ...unet.weights.get("conv_out.bias"), dtype });
    expect(mixedTypes([half, of("bfloat16"), half], "model.safetensors")).toMatchObject([
      { code: "CHECKPOINT_MIXED_TYPES", details: { weights: ["conv_out.bias"], dtype: "bfloat16" } },
    ]);
    expect(mixedTypes([half, of("float32")], "model.safetensors")).toEqual([]);
  });
});
