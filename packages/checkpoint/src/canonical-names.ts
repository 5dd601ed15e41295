// The spellings that diffusers and transformers themselves have used over time, brought to one.

import type { ComponentKind } from "./checkpoint.js";
import type { Rename } from "./collect-weights.js";

const asIs: Rename = ({ name }) => [{ name }];

/** Projections of the VAE's attention before diffusers 0.17 (pull request 3387). */
const OLD_VAE_ATTENTION: Readonly<Record<string, string>> = {
  query: "to_q",
  key: "to_k",
  value: "to_v",
  proj_attn: "to_out.0",
};

const vae: Rename = ({ name, shape }) => {
  const found = /^(.*\.attentions\.\d+\.)([\w.]+)(\.weight|\.bias)$/.exec(name);
  const [, module, projection = "", parameter] = found ?? [];
  const renamed = Object.hasOwn(OLD_VAE_ATTENTION, projection)
    ? `${module}${OLD_VAE_ATTENTION[projection]}${parameter}`
    : name;
  // Stored as a 1x1 convolution by files that were converted from single files and back.
  return [found && shape.length === 4 ? { name: renamed, shape: shape.slice(0, 2) } : { name: renamed }];
};

/** Parts of a whole CLIP model, and numbers that are a constant in truth. */
const NOT_TEXT = /^(vision_model|visual_projection|logit_scale)|position_ids$/;

/** transformers 5.6 dropped the prefix `text_model.`; every published Stable Diffusion file has it. */
const textEncoder: Rename = ({ name }) => {
  if (NOT_TEXT.test(name)) return [];
  return [{ name: /^text_(model|projection)\./.test(name) ? name : `text_model.${name}` }];
};

export const canonicalNames: Readonly<Record<ComponentKind, Rename>> = {
  unet: asIs,
  textEncoder,
  vae,
  taesd: asIs,
};
