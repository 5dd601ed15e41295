import {
  type AdaptableWeights,
  adaptableWeights,
  memorySource,
  openCheckpoint,
  openSafetensors,
  readWeight,
  writeSafetensors,
} from "@sunstep/checkpoint";
import { fileSource, folderTree } from "@sunstep/checkpoint/node";
import { type Tensor, toFloat32 } from "@sunstep/tensor";
import { fixture, readSafetensors } from "@sunstep/testing";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../checkpoint/test/errors-of.js";
import { toLdmUNet } from "../../checkpoint/test/ldm-layout.js";
import { float32 } from "../../checkpoint/test/made-up-tensors.js";
import { type LoraTarget, readLora } from "../src/index.js";

const modelOf = async (folder: string): Promise<AdaptableWeights> =>
  adaptableWeights(await openCheckpoint(folderTree(fixture(folder))));
const model = await modelOf("tiny-sd15");

const open = async (path: string) => readLora(await openSafetensors(await fileSource(fixture(path))), model);
const openMade = async (tensors: Record<string, Tensor>, metadata?: Record<string, string>, target = model) =>
  readLora(
    await openSafetensors(memorySource(writeSafetensors(tensors, metadata), "made.safetensors")),
    target,
  );

function productOf({ update }: LoraTarget) {
  if (update.kind !== "product") throw new Error(`the update is a ${update.kind}`);
  return update;
}

const module = "down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k";
const pair = (down: string, up: string, [out, rank, from]: readonly number[] = [24, 4, 16]) => ({
  [down]: float32([rank!, from!]),
  [up]: float32([out!, rank!]),
});

it("reads a file that states LyCORIS's strengths as one that does not, with a warning", async () => {
  const factors = pair(
    `lora_unet_${module.replaceAll(".", "_")}.lora_down.weight`,
    `lora_unet_${module.replaceAll(".", "_")}.lora_up.weight`,
  );
  const scalar = `lora_unet_${module.replaceAll(".", "_")}.scalar`;
  const plain = await openMade(factors);
  const stated = await openMade({ ...factors, [scalar]: float32([], [0.25]) });
  expect(stated.targets).toMatchObject(
    plain.targets.map(({ parameter, strength }) => ({ parameter, strength })),
  );
  expect(stated.unknown).toEqual([]);
  expect(stated.warnings).toMatchObject([{ code: "LORA_SCALAR_UNUSED", details: { tensors: [scalar] } }]);
});

describe("readLora on the reference's files", () => {
  it.each([
    ["kohya", 192, 18, 0.5],
    ["kohya_locon", 278, 18, 0.5],
    ["peft", 192, 18, 1],
    ["diffusers_legacy", 128, 12, 1],
  ])("finds the module of every tensor: %s", async (name, unet, textEncoder, strength) => {
    const lora = await open(`lora/${name}.safetensors`);
    expect(lora).toMatchObject({ unknown: [], warnings: [] });
    const count = (network: string) => lora.targets.filter((target) => target.network === network).length;
    expect([count("unet"), count("text_encoder")]).toEqual([unet, textEncoder]);
    expect(new Set(lora.targets.map((target) => target.strength))).toEqual(new Set([strength]));
  });

  it("finds the same modules by kohya's, PEFT's and old diffusers names", async () => {
    const [kohya, peft, old] = await Promise.all(
      ["kohya", "peft", "diffusers_legacy"].map((name) => open(`lora/${name}.safetensors`)),
    );
    const nameOf = ({ network, parameter }: LoraTarget) => `${network} ${parameter}`;
    const factors = new Map(peft!.targets.map((target) => [nameOf(target), target]));
    expect(kohya!.targets.map(nameOf).sort()).toEqual([...factors.keys()].sort());
    for (const target of [...kohya!.targets, ...old!.targets]) {
      const same = productOf(factors.get(nameOf(target))!);
      for (const factor of ["left", "right"] as const) {
        const pair = [productOf(target)[factor], same[factor]];
        const [actual, expected] = await Promise.all(pair.map(readWeight));
        expect(toFloat32(actual!), target.parameter).toBeAllclose(toFloat32(expected!), {});
      }
    }
  });

  it("finds each factor where an independent reader does", async () => {
    const golden = readSafetensors(fixture("lora/kohya_locon.safetensors"));
    const { targets } = await open("lora/kohya_locon.safetensors");
    const name = "up_blocks.1.resnets.2.conv_shortcut.weight";
    const { right } = productOf(targets.find(({ parameter }) => parameter === name)!);
    const down = golden.get("lora_unet_up_blocks_1_resnets_2_conv_shortcut.lora_down.weight")!;
    expect(right.shape).toEqual(down.shape);
    expect(toFloat32(await readWeight(right))).toBeAllclose(down.data as Float32Array, {});
  });
});

describe("readLora on spellings of modules", () => {
  it.each([
    [`lora_unet_${module.replaceAll(".", "_")}`, ".lora_down.weight", ".lora_up.weight"],
    [
      `lora_unet_${toLdmUNet(`${module}.weight`).slice(0, -7).replaceAll(".", "_")}`,
      ".lora_down.weight",
      ".lora_up.weight",
    ],
    [`lycoris_${module.replaceAll(".", "_")}`, ".lora_down.weight", ".lora_up.weight"],
    [`diffusion_model.${toLdmUNet(`${module}.weight`).slice(0, -7)}`, ".lora_A.weight", ".lora_B.weight"],
    [`unet.${module}`, ".lora_A.weight", ".lora_B.weight"],
    [`unet.${module}`, ".lora_A.default.weight", ".lora_B.default.weight"],
    [`base_model.model.unet.${module}`, ".lora_A.weight", ".lora_B.weight"],
    [`base_model.model.${module}`, ".lora_A.weight", ".lora_B.weight"],
    [`unet.${module}`, ".lora.down.weight", ".lora.up.weight"],
    [`unet.${module.replace("attn2.", "attn2.processor.")}`, "_lora.down.weight", "_lora.up.weight"],
    [module.replace("attn2.", "attn2.processor."), "_lora.down.weight", "_lora.up.weight"],
  ])("finds the module of the U-Net: %s%s", async (name, down, up) => {
    const { targets } = await openMade(pair(name + down, name + up));
    expect(targets).toMatchObject([{ network: "unet", parameter: `${module}.weight`, strength: 1 }]);
  });

  const text = "text_model.encoder.layers.1.self_attn.q_proj";
  it.each([
    [`lora_te_${text.replaceAll(".", "_")}`, ".lora_down.weight", ".lora_up.weight"],
    [`lora_te1_${text.replaceAll(".", "_")}`, ".lora_down.weight", ".lora_up.weight"],
    [`text_encoder.${text}`, ".lora_A.weight", ".lora_B.weight"],
    [`text_encoder.${text.replace("text_model.", "")}`, ".lora_A.weight", ".lora_B.weight"],
    [`text_encoder.${text}`, ".lora_linear_layer.down.weight", ".lora_linear_layer.up.weight"],
    [`text_encoder.${text.replace("q_proj", "to_q")}`, "_lora.down.weight", "_lora.up.weight"],
    [`text_encoders.clip_l.transformer.${text}`, ".lora_down.weight", ".lora_up.weight"],
  ])("finds the module of the text encoder: %s%s", async (name, down, up) => {
    const { targets } = await openMade(pair(name + down, name + up, [16, 2, 16]));
    expect(targets).toMatchObject([{ network: "text_encoder", parameter: `${text}.weight` }]);
  });

  it("finds every module of the U-Net by its original block name", async () => {
    const modules = model
      .unet!.names()
      .filter((name) => name.endsWith(".weight") && model.unet!.get(name).shape.length > 1);
    const tensors = modules.flatMap((name) => {
      const [out = 0, from = 0, ...kernel] = model.unet!.get(name).shape;
      const spelled = `lora_unet_${toLdmUNet(name).slice(0, -".weight".length).replaceAll(".", "_")}`;
      return [
        [`${spelled}.lora_down.weight`, float32([1, from, ...kernel])],
        [`${spelled}.lora_up.weight`, float32([out, 1, ...kernel.map(() => 1)])],
      ] as const;
    });
    const { targets, unknown } = await openMade(Object.fromEntries(tensors));
    expect(unknown).toEqual([]);
    expect(targets.map(({ parameter }) => parameter).sort()).toEqual([...modules].sort());
  });

  it("puts a 1x1 convolution on a linear layer and the other way round (SD 2.x)", async () => {
    const sd21 = await modelOf("tiny-sd21");
    const name = "lora_unet_mid_block_attentions_0_proj_in";
    const tensors = {
      [`${name}.lora_down.weight`]: float32([4, 32, 1, 1]),
      [`${name}.lora_up.weight`]: float32([32, 4, 1, 1]),
    };
    expect((await openMade(tensors, {}, sd21)).targets).toHaveLength(1);
    expect(
      (await openMade(pair(`${name}.lora_down.weight`, `${name}.lora_up.weight`, [32, 4, 32]))).targets,
    ).toHaveLength(1);
  });

  it("reads LoCon's Tucker form", async () => {
    const name = "lora_unet_mid_block_resnets_0_conv1";
    const { targets } = await openMade({
      [`${name}.lora_down.weight`]: float32([4, 32, 1, 1]),
      [`${name}.lora_mid.weight`]: float32([4, 4, 3, 3]),
      [`${name}.lora_up.weight`]: float32([32, 4, 1, 1]),
      [`${name}.alpha`]: float32([], [1]),
    });
    expect(targets).toMatchObject([
      {
        parameter: "mid_block.resnets.0.conv1.weight",
        strength: 0.25,
        update: { kind: "product", core: { shape: [4, 4, 3, 3] } },
      },
    ]);
  });

  it("takes PEFT's alphas from the metadata", async () => {
    const config = { "unet.lora_alpha": 8, "unet.r": 4, "unet.alpha_pattern": { "attn2.to_v": 2 } };
    const other = module.replace("to_k", "to_v");
    const { targets } = await openMade(
      {
        ...pair(`unet.${module}.lora_A.weight`, `unet.${module}.lora_B.weight`),
        ...pair(`unet.${other}.lora_A.weight`, `unet.${other}.lora_B.weight`),
      },
      { lora_adapter_metadata: JSON.stringify(config) },
    );
    expect(targets.map(({ strength }) => strength)).toEqual([2, 0.5]);
  });
});

describe("readLora on files that do not fit", () => {
  it.each([
    ["lora_rank_mismatch", "LORA_RANK", /lora_up\.weight \[\d+,4,.*lora_down\.weight \[3,.*different ranks/],
    ["lora_unknown_target", "LORA_NO_TARGET", /lora_unet_no_such_block/],
    ["lora_up_without_down", "LORA_INCOMPLETE", /lora_up\.weight lacks lora_down/],
  ])("rejects %s", async (name, code, message) => {
    const error = await errorOf(open(`hostile/${name}.safetensors`));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.message).toContain(`${name}.safetensors`);
  });

  const known = pair(`unet.${module}.lora_A.weight`, `unet.${module}.lora_B.weight`);

  it("warns of the modules that the model lacks, by name", async () => {
    const { targets, unknown, warnings } = await openMade({
      ...known,
      ...pair("unet.nope.0.lora_A.weight", "unet.nope.0.lora_B.weight"),
      ...pair("lora_te2_text_model_x.lora_down.weight", "lora_te2_text_model_x.lora_up.weight"),
    });
    expect(targets).toHaveLength(1);
    expect(unknown).toEqual(["unet.nope.0", "lora_te2_text_model_x"]);
    expect(warnings[0]?.message).toMatch(/made\.safetensors.*unet\.nope\.0, lora_te2_text_model_x/);
  });

  it("throws an error with both shapes where a LoRA is for another model", async () => {
    const error = await errorOf(
      openMade(pair(`unet.${module}.lora_A.weight`, `unet.${module}.lora_B.weight`, [640, 4, 768])),
    );
    expect(error.code).toBe("LORA_SHAPE");
    expect(error.message).toMatch(/\[640,4\].*\[4,768\].*\[24,16\]/);
  });

  it.each([
    ["oft_blocks", "OFT"],
    ["on_input", "IA3"],
    ["lora_A.bias", "a bias between its factors"],
    ["lora_embedding_A", "a table of embeddings"],
    ["bias_indices", "sparse"],
    ["set_weight", "replaces"],
  ])("rejects .%s: %s", async (suffix, adapter) => {
    const error = await errorOf(openMade({ ...known, [`unet.${module}.${suffix}`]: float32([4]) }));
    expect(error.code).toBe("LORA_UNSUPPORTED");
    expect(error.message).toContain(adapter);
  });

  it("rejects an alpha that is not a number", async () => {
    for (const alpha of [float32([2]), float32([], [Number.NaN])])
      expect((await errorOf(openMade({ ...known, [`unet.${module}.alpha`]: alpha }))).code).toBe(
        "LORA_ALPHA",
      );
  });
});
