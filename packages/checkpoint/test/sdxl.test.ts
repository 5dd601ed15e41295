import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fixture } from "@sunstep/testing";
import { describe, expect, it } from "vitest";
import { blobTree, type FileTree, openCheckpoint, openVae } from "../src/index.js";
import { folderTree } from "../src/node.js";
import { errorOf } from "./errors-of.js";
import { expectSame } from "./expect-same.js";
import { toLdmVae } from "./ldm-layout.js";
import { float32 } from "./made-up-tensors.js";
import { renamed, sd15, sdxl, sdxlFile, source } from "./single-file-tensors.js";

const folder = fixture("tiny-sdxl");
const heads = {
  config: {
    unet: { attention_head_dim: [1, 2, 4] },
    textEncoder: { num_attention_heads: 2 },
    textEncoder2: { num_attention_heads: 4 },
  },
};
const UNET = "model.diffusion_model.";

/** The folder with a JSON file changed. */
function changed(path: string, change: object): FileTree {
  const tree = folderTree(folder);
  const json = { ...JSON.parse(readFileSync(join(folder, path), "utf8")), ...change };
  const other = blobTree({ [path]: new Blob([JSON.stringify(json)]) });
  return { ...tree, open: async (name) => (await other.open(name)) ?? tree.open(name) };
}

describe("openCheckpoint on a folder of Stable Diffusion XL", () => {
  it("opens both text encoders with their tokenizers", async () => {
    const checkpoint = await openCheckpoint(folderTree(folder));
    expect(checkpoint).toMatchObject({ architecture: "sdxl", zeroNegative: true, warnings: [] });
    expect(checkpoint.textEncoders.map(({ name }) => name)).toEqual(["text_encoder", "text_encoder_2"]);
    const [first, second] = checkpoint.textEncoders;
    await expectSame(first.weights, sdxl.textEncoder);
    await expectSame(second!.weights, sdxl.textEncoder2);
    expect(Object.keys(second!.tokenizer!)).toContain("vocab.json");
    expect(checkpoint.vae.config.scaling_factor).toBe(0.13025);
  });

  it("encodes an omitted negative prompt where the index says so", async () => {
    const files = changed("model_index.json", { force_zeros_for_empty_prompt: false });
    expect((await openCheckpoint(files)).zeroNegative).toBe(false);
  });

  it("rejects text encoders of another model", async () => {
    const files = changed("unet/config.json", { addition_time_embed_dim: 4 });
    const error = await errorOf(openCheckpoint(files));
    expect(error.code).toBe("CHECKPOINT_CONFIG");
    expect(error.message).toMatch(/a pooled text of 44, the text encoders give 32 and 20/);
  });

  it("rejects a second text encoder without its projection", async () => {
    const weights = [...sdxl.textEncoder2].filter(([name]) => name !== "text_projection.weight");
    const file = source(renamed(new Map(weights), (name) => name));
    const tree = folderTree(folder);
    const error = await errorOf(
      openCheckpoint({
        ...tree,
        open: async (path) => (path === "text_encoder_2/model.safetensors" ? file : tree.open(path)),
      }),
    );
    expect(error.message).toMatch(/no weight text_projection\.weight/);
  });
});

describe("openCheckpoint on a single file of Stable Diffusion XL", () => {
  it("gives the weights and configs of the same model's folder", async () => {
    const single = await openCheckpoint(source(sdxlFile()), heads);
    const whole = await openCheckpoint(folderTree(folder));
    expect(single).toMatchObject({ architecture: "sdxl", zeroNegative: true, warnings: [] });
    await expectSame(single.unet.weights, sdxl.unet);
    await expectSame(single.vae.weights, sdxl.vae);
    await expectSame(single.textEncoders[0].weights, sdxl.textEncoder);
    await expectSame(single.textEncoders[1]!.weights, sdxl.textEncoder2);
    expect(whole.unet.config).toMatchObject({ ...single.unet.config, sample_size: 8 });
    expect(whole.vae.config).toMatchObject({ ...single.vae.config, force_upcast: false });
    for (const [i, { config }] of single.textEncoders.entries()) {
      const { architectures = ["CLIPTextModel"], eos_token_id: _eos, ...derived } = config;
      expect(whole.textEncoders[i]!.config).toMatchObject({ architectures, ...derived });
    }
    expect(single.schedulerConfig).toMatchObject({
      _class_name: "EulerDiscreteScheduler",
      timestep_spacing: "leading",
      steps_offset: 1,
      prediction_type: "epsilon",
    });
    expect(single.unet.config.sample_size).toBe(128);
  });

  it("finds v prediction by its marker", async () => {
    const file = source({ ...sdxlFile(), v_pred: float32([0]) });
    const { schedulerConfig } = await openCheckpoint(file, heads);
    expect(schedulerConfig.prediction_type).toBe("v_prediction");
  });

  it("warns of the heads that it assumes", async () => {
    const { warnings } = await openCheckpoint(source(sdxlFile()), { config: heads.config && {} });
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining("the U-Net has unusual widths"),
      expect.stringContaining("the text encoder has an unusual width (12)"),
      expect.stringMatching(/the second text encoder .*config\.textEncoder2\.num_attention_heads/),
    ]);
  });

  it("finds the depth of every transformer, and a middle block of one residual block (SSD-1B)", async () => {
    const left =
      /middle_block\.[12]\.|input_blocks\.8\.1\.transformer_blocks\.1|output_blocks\.1\.1\.transformer_blocks\.1/;
    const file = Object.fromEntries(Object.entries(sdxlFile()).filter(([name]) => !left.test(name)));
    const { unet, warnings } = await openCheckpoint(source(file), heads);
    expect(warnings).toEqual([]);
    expect(unet.config).toMatchObject({
      mid_block_type: "UNetMidBlock2D",
      transformer_layers_per_block: [1, 1, [2, 1]],
      reverse_transformer_layers_per_block: [[2, 1, 2], 1, 1],
    });
  });

  it("rejects a file without the second text encoder", async () => {
    const file = Object.fromEntries(
      Object.entries(sdxlFile()).filter(([name]) => !name.startsWith("conditioner.embedders.1")),
    );
    const error = await errorOf(openCheckpoint(source(file)));
    expect(error.code).toBe("CHECKPOINT_COMPONENT_MISSING");
    expect(error.message).toMatch(/no second text encoder .*Take the full checkpoint/);
  });

  it.each([
    ["conditioner.embedders.0.model.transformer.resblocks.31.ln_1.weight", /Stable Diffusion XL refiner/],
    ["edm_mean", /Playground v2\.5/],
  ])("rejects other models by name: a file with %s", async (name, message) => {
    const all = Object.entries(sdxlFile());
    const others = name === "edm_mean" ? all : all.filter(([each]) => each.startsWith(UNET));
    const file = { ...Object.fromEntries(others), [name]: float32([4]) };
    const error = await errorOf(openCheckpoint(source(file)));
    expect(error.code).toBe("CHECKPOINT_UNSUPPORTED");
    expect(error.message).toMatch(message);
  });
});

describe("a VAE given to Stable Diffusion XL", () => {
  it("gets the model's scaling factor where it is a file alone", async () => {
    const vae = await openVae(source(renamed(sd15.vae, toLdmVae)));
    const config = async (files: FileTree) =>
      (await openCheckpoint(files, { vae })).vae.config.scaling_factor;
    expect(await config(folderTree(folder))).toBe(0.13025);
    expect(await config(folderTree(fixture("tiny-sd15")))).toBe(0.18215);
  });

  it("keeps its own where it says so", async () => {
    const vae = await openVae(folderTree(fixture("tiny-sd15/vae")));
    const { vae: given } = await openCheckpoint(folderTree(folder), { vae });
    expect(given.config.scaling_factor).toBe(0.18215);
    const whole = await openVae(source(sdxlFile()));
    expect(whole.config.scaling_factor).toBe(0.13025);
  });
});
