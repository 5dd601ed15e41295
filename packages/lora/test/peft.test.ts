// Strengths by PEFT's own rules (peft 0.17, tuners/lora/layer.py): alpha / rank, or alpha / sqrt(rank) if rank-stabilized.
import {
  adaptableWeights,
  blobTree,
  memorySource,
  openCheckpoint,
  openSafetensors,
  writeSafetensors,
} from "@sunstep/checkpoint";
import { folderTree } from "@sunstep/checkpoint/node";
import type { Tensor } from "@sunstep/tensor";
import { fixture } from "@sunstep/testing";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../checkpoint/test/errors-of.js";
import { float32 } from "../../checkpoint/test/made-up-tensors.js";
import { type Lora, openLora, readLora } from "../src/index.js";

const model = adaptableWeights(await openCheckpoint(folderTree(fixture("tiny-sd15"))));
const block = "transformer_blocks.0";
const modules = [
  `down_blocks.1.attentions.0.${block}.attn2.to_q`,
  `down_blocks.1.attentions.0.${block}.attn2.to_v`,
  `mid_block.attentions.0.${block}.attn1.to_q`,
];
const RANK = 4;

function factors(prefix: string, adapter = ""): Record<string, Tensor> {
  return Object.fromEntries(
    modules.flatMap((module) => {
      const [out = 0, from = 0] = model.unet!.get(`${module}.weight`).shape;
      return [
        [`${prefix}${module}.lora_A${adapter}.weight`, float32([RANK, from])],
        [`${prefix}${module}.lora_B${adapter}.weight`, float32([out, RANK])],
      ];
    }),
  );
}

const file = (tensors: Record<string, Tensor>, metadata?: Record<string, string>) =>
  memorySource(writeSafetensors(tensors, metadata), "adapter_model.safetensors");
const json = (value: unknown) => new Blob([JSON.stringify(value)]);
const folder = (config: object, tensors = factors("base_model.model.")) =>
  blobTree({
    "adapter_model.safetensors": new Blob([writeSafetensors(tensors)]),
    "adapter_config.json": json({ peft_type: "LORA", r: RANK, ...config }),
  });
const strengths = ({ targets }: Lora) => targets.map(({ strength }) => strength);

describe("openLora on PEFT's files", () => {
  it.each([
    ["alpha over rank", { lora_alpha: 16 }, [4, 4, 4]],
    ["alpha over the root of the rank", { lora_alpha: 4, use_rslora: true }, [2, 2, 2]],
    ["alpha_pattern as the end of a module's path", { lora_alpha: 4, alpha_pattern: { to_v: 8 } }, [1, 2, 1]],
    [
      "alpha_pattern as regular expressions, of which the first counts",
      { lora_alpha: 4, alpha_pattern: { "down_blocks.*to_q": 8, "^mid_block.*": 2, "attn[12].to_q": 40 } },
      [2, 1, 0.5],
    ],
  ])("takes the strength from a folder's adapter_config.json: %s", async (_, config, expected) => {
    const lora = await openLora(folder(config), model);
    expect(strengths(lora)).toEqual(expected);
    expect(lora.warnings).toEqual([]);
  });

  it("takes the strength from adapter_config.json beside a file", async () => {
    const beside = blobTree({ "adapter_config.json": json({ lora_alpha: 16 }) });
    expect(strengths(await openLora(file(factors("base_model.model.")), model, { beside }))).toEqual([
      4, 4, 4,
    ]);
  });

  it("warns where PEFT's own file comes without its config", async () => {
    const { warnings } = await openLora(file(factors("base_model.model.")), model);
    expect(warnings).toMatchObject([
      { code: "LORA_ASSUMED_ALPHA", details: { file: "adapter_model.safetensors" } },
    ]);
  });

  it("takes rank-stabilized strengths from diffusers' metadata", async () => {
    const metadata = { "unet.lora_alpha": 4, "unet.use_rslora": true };
    const source = file(factors("unet."), { lora_adapter_metadata: JSON.stringify(metadata) });
    expect(strengths(await openLora(source, model))).toEqual([2, 2, 2]);
  });

  it("opens a folder with one adapter for each network", async () => {
    const text = "base_model.model.text_model.encoder.layers.0.self_attn.q_proj";
    const files = blobTree({
      "unet/adapter_model.safetensors": new Blob([writeSafetensors(factors("base_model.model."))]),
      "unet/adapter_config.json": json({ lora_alpha: 8 }),
      "text_encoder/adapter_model.safetensors": new Blob([
        writeSafetensors({
          [`${text}.lora_A.weight`]: float32([RANK, 16]),
          [`${text}.lora_B.weight`]: float32([16, RANK]),
        }),
      ]),
      "text_encoder/adapter_config.json": json({ lora_alpha: 2 }),
    });
    const lora = await openLora(files, model);
    expect(strengths(lora)).toEqual([2, 2, 2, 0.5]);
    expect(lora.targets.map(({ network }) => network)).toEqual(["unet", "unet", "unet", "text_encoder"]);
  });

  it("names the files of a folder that holds no adapter it can choose", async () => {
    const files = blobTree({ "a.safetensors": new Blob(), "b.safetensors": new Blob() });
    const error = await errorOf(openLora(files, model));
    expect(error).toMatchObject({
      code: "LORA_FILE_MISSING",
      details: { files: ["a.safetensors", "b.safetensors"] },
    });
  });

  it.each([
    ["an adapter of another method", { peft_type: "OFT" }, "LORA_UNSUPPORTED", /OFT/],
    [
      "the name of an object's member as a method",
      { peft_type: "constructor" },
      "LORA_UNSUPPORTED",
      /constr/,
    ],
    ["PiSSA", { init_lora_weights: "pissa_niter_16" }, "LORA_UNSUPPORTED", /pissa_niter_16/],
    ["an alpha that is not a number", { lora_alpha: "16" }, "LORA_CONFIG", /lora_alpha/],
    [
      "a pattern that may take exponential time",
      { alpha_pattern: { "(a+)+$": 1 } },
      "LORA_CONFIG",
      /\(a\+\)\+/,
    ],
    ["a pattern of many repetitions", { alpha_pattern: { ".*.*.*.*x": 1 } }, "LORA_CONFIG", /safely/],
    ["a broken pattern", { alpha_pattern: { "(to_q": 1 } }, "LORA_CONFIG", /to_q/],
  ])("rejects %s", async (_, config, code, message) => {
    const error = await errorOf(openLora(folder(config), model));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.message).toContain("adapter_config.json");
  });
});

describe("readLora on the names of PEFT's adapters", () => {
  it.each([".default", ".default_0", ".my-style", ".v1.5", ".my style"])(
    "takes any name: %s",
    async (adapter) => {
      const lora = await readLora(await openSafetensors(file(factors("unet.", adapter))), model);
      expect(lora.targets.map(({ parameter }) => parameter)).toEqual(
        modules.map((module) => `${module}.weight`),
      );
    },
  );

  it("rejects a file of several adapters", async () => {
    const both = { ...factors("unet.", ".ink"), ...factors("unet.", ".oil") };
    const error = await errorOf(openLora(file(both), model));
    expect(error).toMatchObject({ code: "LORA_UNSUPPORTED", details: { adapters: ["ink", "oil"] } });
  });
});

describe("readLora on files of other kinds", () => {
  const embedding = { emb_params: float32([2, 16]) };
  const numbered = { "unet:0:up": float32([16, 4]), "unet:0:down": float32([4, 16]) };
  const glora = Object.fromEntries(
    ["a1", "a2", "b1", "b2"].map((factor) => [`lora_unet_conv_in.${factor}.weight`, float32([4, 4])]),
  );
  it.each([
    ["a textual inversion embedding", embedding, /textual inversion embedding/],
    ["LoRA of numbered layers", numbered, /cloneofsimo/],
    ["GLoRA", glora, /GLoRA/],
  ])("rejects %s by name", async (_, tensors, message) => {
    const error = await errorOf(openLora(file(tensors), model));
    expect(error.code).toBe("LORA_UNSUPPORTED");
    expect(error.message).toMatch(message);
  });

  it("rejects a checkpoint's U-Net by name", async () => {
    const path = fixture("tiny-sd15/unet");
    const source = await folderTree(path).open("diffusion_pytorch_model.fp16.safetensors");
    expect((await errorOf(openLora(source!, model))).message).toMatch(/a U-Net .*not a LoRA/);
  });
});
