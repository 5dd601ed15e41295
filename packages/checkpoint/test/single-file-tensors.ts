// Single files made of the fixtures' networks, to be changed by tests.
import { encodeFloat16, type Tensor, tensor } from "@sunstep/tensor";
import { fixture, type GoldenTensor, readSafetensors } from "@sunstep/testing";
import { memorySource, writeSafetensors } from "../src/index.js";
import { toLdmUNet, toLdmVae } from "./ldm-layout.js";
import { float32, stored } from "./made-up-tensors.js";

export const parts = ["unet", "vae", "textEncoder"] as const;

export type Golden = ReadonlyMap<string, GoldenTensor>;
export type Tensors = Record<string, Tensor>;

/** The three networks of a diffusers folder, by an independent reader. */
function goldenParts(folder: string, suffix = ""): Record<(typeof parts)[number], Golden> {
  const read = (path: string) => {
    const tensors = readSafetensors(fixture(`${folder}/${path}${suffix}.safetensors`));
    return new Map([...tensors].filter(([name]) => !name.endsWith("position_ids")));
  };
  return {
    unet: read("unet/diffusion_pytorch_model"),
    vae: read("vae/diffusion_pytorch_model"),
    textEncoder: read("text_encoder/model"),
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
    ...openClip(sd21.textEncoder),
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

function openClip(golden: Golden): Tensors {
  const tensors: Tensors = {};
  const valuesOf = (name: string) => stored(golden.get(name)!).data;
  for (const [name, weight] of golden) {
    const { shape } = weight;
    const bare = name.replace("text_model.", "");
    const projection = /^encoder\.layers\.(\d+)\.self_attn\.q_proj\.(weight|bias)$/.exec(bare);
    if (projection) {
      const values = ["q_proj", "k_proj", "v_proj"].flatMap((p) => [...valuesOf(name.replace("q_proj", p))]);
      tensors[`cond_stage_model.model.transformer.resblocks.${projection[1]}.attn.in_proj_${projection[2]}`] =
        float32([3 * shape[0]!, ...shape.slice(1)], values);
    } else if (!/self_attn\.[kv]_proj/.test(bare)) {
      const layer = bare
        .replace("encoder.layers", "transformer.resblocks")
        .replace("self_attn", "attn")
        .replace("layer_norm1", "ln_1")
        .replace("layer_norm2", "ln_2")
        .replace("fc1", "c_fc")
        .replace("fc2", "c_proj");
      tensors[`cond_stage_model.model.${openClipNames[bare] ?? layer}`] = stored(weight);
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

export const source = (tensors: Tensors, metadata?: Record<string, string>) =>
  memorySource(writeSafetensors(tensors, metadata), "model.safetensors");
