// Brings the spellings that diffusers and transformers have used over time to one.

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

const vae: Rename = ({ name }) => {
  const found = /^(.*\.attentions\.\d+\.)([\w.]+)(\.weight|\.bias)$/.exec(name);
  const [, module, projection = "", parameter] = found ?? [];
  return Object.hasOwn(OLD_VAE_ATTENTION, projection)
    ? [{ name: `${module}${OLD_VAE_ATTENTION[projection]}${parameter}` }]
    : [{ name }];
};

/** The other parts of a whole CLIP model, and buffers that are constants. */
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
  controlnet: asIs,
};
