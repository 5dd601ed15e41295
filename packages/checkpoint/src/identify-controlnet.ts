import type { SafetensorsFile } from "./safetensors/open.js";

const CONTROLNET = /^(control_model\.|controlnet_cond_embedding\.|input_hint_block\.|lllite_)/;

/** Networks of control images that are no ControlNet of lllyasviel's or diffusers' kind, by a name they alone have. */
const others: readonly (readonly [RegExp, string])[] = [
  [/^lllite_/, "a ControlNet-LLLite"],
  [/^lora_controlnet$/, "a Control-LoRA"],
  [/^(control_model\.)?(task_embedding|control_add_embedding\.)/, "a ControlNet Union"],
  [/^difference$/, "the difference of a ControlNet to a model"],
];

/** Recognises a ControlNet by the embedding of its control image. */
export function controlNet(
  { tensors }: SafetensorsFile,
  names: readonly string[],
): { readonly kind: "controlnet"; readonly architecture?: string } | undefined {
  if (!names.some((name) => CONTROLNET.test(name))) return undefined;
  if (names.some((name) => /^(control_model\.)?label_emb\.|^add_embedding\./.test(name)))
    return { kind: "controlnet", architecture: "sdxl" };
  const projection = names.find((name) => name.endsWith(".proj_in.weight"));
  if (!projection) return { kind: "controlnet" };
  return { kind: "controlnet", architecture: tensors.get(projection)!.shape.length === 2 ? "sd2" : "sd1" };
}

/** Names another kind of network that takes a control image, and that is not supported. */
export function unsupportedControlNet(names: readonly string[]): string | undefined {
  return others.find(([pattern]) => names.some((name) => pattern.test(name)))?.[1];
}
