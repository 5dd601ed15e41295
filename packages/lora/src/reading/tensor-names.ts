// Tensors of adapter files are named by network, module and role.

import type { NetworkName } from "@sunstep/checkpoint";

/** Roles that LyCORIS names so (lycoris/modules), in every format. */
const lycorisRoles = [
  ...(["hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b", "hada_t1", "hada_t2"] as const),
  ...(["lokr_w1", "lokr_w1_a", "lokr_w1_b", "lokr_w2", "lokr_w2_a", "lokr_w2_b", "lokr_t2"] as const),
  ...(["diff", "diff_b", "w_norm", "b_norm", "alpha", "dora_scale"] as const),
] as const;

/** The part of a tensor in its module's change. */
export type Role =
  | (typeof lycorisRoles)[number]
  | "lora_down"
  | "lora_up"
  | "lora_mid"
  | "lora_up_bias"
  | "lora_magnitude_vector";

interface RoleRule {
  readonly suffix: RegExp;
  readonly role: Role;
}

const roles: readonly RoleRule[] = [
  ...lycorisRoles.map((role) => ({ suffix: new RegExp(`\\.${role}$`), role })),
  // kohya-ss/sd-scripts and LyCORIS
  { suffix: /\.lora_down\.weight$/, role: "lora_down" },
  { suffix: /\.lora_up\.weight$/, role: "lora_up" },
  { suffix: /\.lora_mid\.weight$/, role: "lora_mid" },
  { suffix: /\.lora_up\.bias$/, role: "lora_up_bias" },
  // PEFT, with or without the name of the adapter, which may be any text
  { suffix: /\.lora_A(?:\.(?<adapter>.+))?\.weight$/, role: "lora_down" },
  { suffix: /\.lora_B(?:\.(?<adapter>.+))?\.weight$/, role: "lora_up" },
  { suffix: /\.lora_B(?:\.(?<adapter>.+))?\.bias$/, role: "lora_up_bias" },
  {
    suffix: /\.lora_magnitude_vector(?:\.(?!weight$)(?<adapter>.+?))?(?:\.weight)?$/,
    role: "lora_magnitude_vector",
  },
  // diffusers before PEFT
  { suffix: /(_lora|\.lora|\.lora_linear_layer)\.down\.weight$/, role: "lora_down" },
  { suffix: /(_lora|\.lora|\.lora_linear_layer)\.up\.weight$/, role: "lora_up" },
];

/** Networks by the start of a module's path; undefined for networks that no Stable Diffusion 1.x, 2.x or XL has. */
const networks: readonly (readonly [prefix: RegExp, network: NetworkName | undefined])[] = [
  [/^lora_unet_/, "unet"],
  [/^lora_te1?_/, "text_encoder"],
  [/^lora_te2_/, "text_encoder_2"],
  [/^(lora_te3_|text_encoder_3\.|transformer\.|lora_transformer_)/, undefined],
  [/^lycoris_(?=text_model_)/, "text_encoder"],
  [/^lycoris_/, "unet"],
  // ComfyUI (comfy/lora.py, model_lora_keys_clip)
  [/^text_encoders\.clip_[lh]\.transformer\./, "text_encoder"],
  [/^text_encoders\.clip_g\.transformer\./, "text_encoder_2"],
  [/^(base_model\.model\.)?unet\./, "unet"],
  [/^(base_model\.model\.)?text_encoder\./, "text_encoder"],
  [/^(base_model\.model\.)?text_encoder_2\./, "text_encoder_2"],
  [/^(model\.)?diffusion_model\./, "unet"],
  [/^(base_model\.model\.)?(?=text_model\.)/, "text_encoder"],
  [/^(base_model\.model\.)?/, "unet"],
];

export interface LoraTensorName {
  readonly network: NetworkName | undefined;
  /** The module as the file spells it, without prefix. */
  readonly module: string;
  readonly role: Role;
  /** PEFT's name of the adapter, if the file tells it. */
  readonly adapter?: string;
}

/** Splits a tensor's name; undefined for a name that no format has. */
export function parseTensorName(name: string): LoraTensorName | undefined {
  const rule = roles.find(({ suffix }) => suffix.test(name));
  if (!rule) return undefined;
  const adapter = rule.suffix.exec(name)?.groups?.adapter;
  const path = name.replace(rule.suffix, "");
  const [prefix, network] = networks.find(([pattern]) => pattern.test(path))!;
  return { network, module: path.replace(prefix, ""), role: rule.role, ...(adapter && { adapter }) };
}

/**
 * LyCORIS's learned strength of a module. Its files have it in the factors already (modules/locon.py, loha.py and lokr.py,
 * custom_state_dict); where a file states it as well, LyCORIS sets it to 1 when it loads the file (load_weight_hook).
 */
export const isScalar = (name: string): boolean => /\.scalar$/.test(name);
