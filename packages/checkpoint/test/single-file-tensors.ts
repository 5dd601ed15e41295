// Single files made of the fixtures' networks, to be changed by tests.
import { encodeFloat16, type Tensor, tensor } from "@sunstep/tensor";
import { fixture, type GoldenTensor, readSafetensors } from "@sunstep/testing";
import { memorySource, writeSafetensors } from "../src/index.js";
import { toLdmUNet, toLdmVae } from "./ldm-layout.js";
import { float32, stored } from "./made-up-tensors.js";

export const parts = ["unet", "vae", "textEncoder"] as const;

export type Golden = ReadonlyMap<string, GoldenTensor>;
export type Tensors = Record<string, Tensor>;

/** The weights of a network in a folder, by an independent reader. */
export function goldenOf(folder: string, path: string): Golden {
  const tensors = readSafetensors(fixture(`${folder}/${path}.safetensors`));
  return new Map([...tensors].filter(([name]) => !name.endsWith("position_ids")));
}

/** The three networks of a diffusers folder. */
function goldenParts(folder: string, suffix = ""): Record<(typeof parts)[number], Golden> {
  return {
    unet: goldenOf(folder, `unet/diffusion_pytorch_model${suffix}`),
    vae: goldenOf(folder, `vae/diffusion_pytorch_model${suffix}`),
    textEncoder: goldenOf(folder, `text_encoder/model${suffix}`),
  };
}

/** The tensors of a golden under new names. */
export function renamed(golden: Golden, rename: (name: string) => string): Tensors {
  return Object.fromEntries([...golden].map(([name, tensor]) => [rename(name), stored(tensor)]));
}

export const sd15 = goldenParts("tiny-sd15", ".fp16");
export const sd21 = goldenParts("tiny-sd21");

/** An SD 2.x single file: OpenCLIP's names, stacked projections, a transposed text projection. */
export function sd21File(): Tensors {
  return {
    ...renamed(sd21.unet, (name) => `model.diffusion_model.${toLdmUNet(name)}`),
    ...renamed(sd21.vae, (name) => `first_stage_model.${toLdmVae(name)}`),
    ...openClip(sd21.textEncoder, "cond_stage_model.model"),
    "cond_stage_model.model.text_projection": tensor(
      encodeFloat16(Float32Array.from({ length: 128 }, (_, i) => i)),
      [16, 8],
      "float16",
    ),
    "cond_stage_model.model.logit_scale": float32([]),
  };
}

const openClipNames: Readonly<Record<string, string>> = {
  "embeddings.token_embedding.weight": "token_embedding.weight",
  "embeddings.position_embedding.weight": "positional_embedding",
  "final_layer_norm.weight": "ln_final.weight",
  "final_layer_norm.bias": "ln_final.bias",
};

function openClip(golden: Golden, prefix: string): Tensors {
  const tensors: Tensors = {};
  const valuesOf = (name: string) => stored(golden.get(name)!).data;
  for (const [name, weight] of golden) {
    const { shape } = weight;
    const bare = name.replace("text_model.", "");
    const projection = /^encoder\.layers\.(\d+)\.self_attn\.q_proj\.(weight|bias)$/.exec(bare);
    if (projection) {
      const values = ["q_proj", "k_proj", "v_proj"].flatMap((p) => [...valuesOf(name.replace("q_proj", p))]);
      tensors[`${prefix}.transformer.resblocks.${projection[1]}.attn.in_proj_${projection[2]}`] = float32(
        [3 * shape[0]!, ...shape.slice(1)],
        values,
      );
    } else if (!/self_attn\.[kv]_proj/.test(bare)) {
      const layer = bare
        .replace("encoder.layers", "transformer.resblocks")
        .replace("self_attn", "attn")
        .replace("layer_norm1", "ln_1")
        .replace("layer_norm2", "ln_2")
        .replace("fc1", "c_fc")
        .replace("fc2", "c_proj");
      tensors[`${prefix}.${openClipNames[bare] ?? layer}`] = stored(weight);
    }
  }
  return tensors;
}

export function sd15File(): Tensors {
  return {
    ...renamed(sd15.unet, (name) => `model.diffusion_model.${toLdmUNet(name)}`),
    ...renamed(sd15.vae, (name) => `first_stage_model.${toLdmVae(name)}`),
    ...renamed(sd15.textEncoder, (name) => `cond_stage_model.transformer.${name}`),
  };
}

export const sdxl = {
  ...goldenParts("tiny-sdxl"),
  textEncoder2: goldenOf("tiny-sdxl", "text_encoder_2/model"),
};

/** An SD XL single file: CLIP's and OpenCLIP's text encoders as embedders of a conditioner. */
export function sdxlFile(): Tensors {
  const projection = sdxl.textEncoder2.get("text_projection.weight")!;
  const [rows = 0, columns = 0] = projection.shape;
  const transposed = Array.from({ length: rows * columns }, (_, i) =>
    Number(projection.data[(i % rows) * columns + Math.floor(i / rows)]),
  );
  const encoder2 = new Map([...sdxl.textEncoder2].filter(([name]) => name !== "text_projection.weight"));
  return {
    ...renamed(sdxl.unet, (name) => `model.diffusion_model.${toLdmUNet(name, 2)}`),
    ...renamed(sdxl.vae, (name) => `first_stage_model.${toLdmVae(name)}`),
    ...renamed(sdxl.textEncoder, (name) => `conditioner.embedders.0.transformer.${name}`),
    ...openClip(encoder2, "conditioner.embedders.1.model"),
    "conditioner.embedders.1.model.text_projection": float32([columns, rows], transposed),
  };
}

export const source = (tensors: Tensors, metadata?: Record<string, string>) =>
  memorySource(writeSafetensors(tensors, metadata), "model.safetensors");
