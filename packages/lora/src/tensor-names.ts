// How LoRA files name their tensors: by network, module and factor.

import type { NetworkName } from "@sunstep/checkpoint";

/** The role of a tensor in its module's update: up @ mid @ down, times alpha / rank. */
export type LoraFactor = "down" | "up" | "mid" | "alpha";

interface FactorRule {
  readonly suffix: RegExp;
  readonly factor: LoraFactor;
}

const factors: readonly FactorRule[] = [
  // kohya-ss/sd-scripts and LyCORIS
  { suffix: /\.lora_down\.weight$/, factor: "down" },
  { suffix: /\.lora_up\.weight$/, factor: "up" },
  { suffix: /\.lora_mid\.weight$/, factor: "mid" },
  { suffix: /\.alpha$/, factor: "alpha" },
  // PEFT, with or without the name of the adapter, which may be any text
  { suffix: /\.lora_A(?:\.(?<adapter>.+))?\.weight$/, factor: "down" },
  { suffix: /\.lora_B(?:\.(?<adapter>.+))?\.weight$/, factor: "up" },
  // diffusers before PEFT
  { suffix: /(_lora|\.lora|\.lora_linear_layer)\.down\.weight$/, factor: "down" },
  { suffix: /(_lora|\.lora|\.lora_linear_layer)\.up\.weight$/, factor: "up" },
];

/** Other kinds of adapters, by names of tensors that they put into the same kinds of file. */
const unsupported: readonly (readonly [RegExp, string])[] = [
  [/\.(dora_scale|lora_magnitude_vector)\b/, "DoRA"],
  [/\.hada_/, "LoHa"],
  [/\.lokr_/, "LoKr"],
  [/\.(oft|boft)_/, "OFT"],
  [/\.on_input$/, "IA3"],
  [/\.(diff|diff_b|w_norm|b_norm)$/, "differences of whole weights"],
  [/\.(lora_up|lora_down|lora_[AB](\..+)?)\.bias$/, "LoRA with biases"],
  [/\.(a[12]|b[12]|bm[12])\.weight$/, "GLoRA"],
  [/^(unet|text_encoder):\d+:(up|down)$/, "LoRA in the format of cloneofsimo/lora, which numbers its layers"],
];

/** Networks by the start of a module's path; undefined for networks that no Stable Diffusion 1.x, 2.x or XL has. */
const networks: readonly (readonly [prefix: RegExp, network: NetworkName | undefined])[] = [
  [/^lora_unet_/, "unet"],
  [/^lora_te1?_/, "text_encoder"],
  [/^lora_te2_/, "text_encoder_2"],
  [/^(lora_te3_|text_encoder_3\.|transformer\.|lora_transformer_|bundle_emb\.)/, undefined],
  [/^lycoris_(?=text_model_)/, "text_encoder"],
  [/^lycoris_/, "unet"],
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
  readonly factor: LoraFactor;
  /** PEFT's name of the adapter, if the file tells it. */
  readonly adapter?: string;
}

/** Splits a tensor's name; undefined for a name that no LoRA format has. */
export function parseTensorName(name: string): LoraTensorName | undefined {
  const rule = factors.find(({ suffix }) => suffix.test(name));
  if (!rule) return undefined;
  const adapter = rule.suffix.exec(name)?.groups?.adapter;
  const path = name.replace(rule.suffix, "");
  const [prefix, network] = networks.find(([pattern]) => pattern.test(path))!;
  return { network, module: path.replace(prefix, ""), factor: rule.factor, ...(adapter && { adapter }) };
}

/**
 * LyCORIS's learned strength of a module. Its files have it in the factors already (modules/locon.py, custom_state_dict);
 * where a file states it as well, LyCORIS sets it to 1 when it loads the file (load_weight_hook).
 */
export const isScalar = (name: string): boolean => /\.scalar$/.test(name);

/** Returns the kind of an unsupported adapter that a tensor belongs to. */
export function unsupportedAdapter(name: string): string | undefined {
  return unsupported.find(([pattern]) => pattern.test(name))?.[1];
}
