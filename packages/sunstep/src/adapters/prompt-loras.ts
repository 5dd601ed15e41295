// LoRAs that prompts name, as AUTOMATIC1111 reads them: <lora:name:0.8>, <lora:name:text encoder:U-Net>. Its negative
// prompts have none (modules/processing.py, parse_extra_network_prompts): tags stay there as words.

import type { SunstepWarning } from "@sunstep/errors";
import { type PromptDirective, promptDirectives } from "@sunstep/tokenizer";
import { sunstepError, sunstepWarning } from "../errors.js";

export type LoraTag = Extract<PromptDirective, { readonly kind: "lora" }>;
type Tag = LoraTag | Extract<PromptDirective, { readonly kind: "extra-network" }>;

export interface TaggedPrompt<Prompt> {
  /** Without tags. */
  readonly prompt: Prompt;
  readonly loras: readonly LoraTag[];
  readonly warnings: readonly SunstepWarning[];
}

/**
 * Takes the tags of LoRAs out of the prompts of one call, which all must have the same: they change the networks.
 * @throws SunstepError PROMPT_LORAS_DIFFER, ADAPTER_SCALE
 */
export function takeLoraTags<Prompt extends string | readonly string[]>(
  prompt: Prompt,
): TaggedPrompt<Prompt> {
  if (!isText(prompt)) return { prompt, loras: [], warnings: [] };
  const read = [prompt].flat().map((text) => {
    const { prompt, directives } = promptDirectives(text);
    return { prompt, tags: directives.filter(isTag) };
  });
  const tags = read[0]?.tags ?? [];
  if (read.some((other) => textOf(other.tags) !== textOf(tags))) {
    throw sunstepError(
      "PROMPT_LORAS_DIFFER",
      "the prompts of one call name different LoRAs, which change the model for all of them: call generate for each",
      { loras: read.map((one) => one.tags.map(({ text }) => text)) },
    );
  }
  const loras = tags.filter((tag) => tag.kind === "lora");
  loras.forEach(checkTag);
  const texts = read.map((one) => one.prompt);
  return {
    prompt: (typeof prompt === "string" ? texts[0]! : texts) as Prompt,
    loras,
    warnings: tags.flatMap(tagWarnings),
  };
}

/** The warning of a LoRA that cannot be looked up. */
export function noLoraFolder({ text, name }: LoraTag): SunstepWarning {
  return sunstepWarning(
    "PROMPT_TAG_UNUSED",
    `${text} has no effect: no LoRA ${JSON.stringify(name)} is loaded (loras, --lora), and no folder is given that holds ${name}.safetensors (loraFolder, --lora-dir)`,
    { tag: text },
  );
}

/** Other types are rejected by the pipeline, which names the option. */
function isText(prompt: unknown): boolean {
  return [prompt].flat().every((text) => typeof text === "string");
}

const isTag = (directive: PromptDirective): directive is Tag =>
  directive.kind === "lora" || directive.kind === "extra-network";

const textOf = (tags: readonly Tag[]): string => tags.map(({ text }) => text).join("");

function checkTag({ text, name, textEncoderScale, unetScale }: LoraTag): void {
  if (name !== "" && Number.isFinite(textEncoderScale) && Number.isFinite(unetScale)) return;
  throw sunstepError("ADAPTER_SCALE", `${text}: a LoRA has a name and numbers, as in <lora:name:0.8>`, {
    tag: text,
  });
}

function tagWarnings(tag: Tag): readonly SunstepWarning[] {
  const { text } = tag;
  if (tag.kind === "extra-network") {
    const message = `${text} has no effect: of networks in prompts only <lora:name:scale> is known`;
    return [sunstepWarning("PROMPT_TAG_UNUSED", message, { tag: text })];
  }
  if (tag.rest.length === 0) return [];
  const message = `${text}: ${tag.rest.join(", ")} has no effect: a LoRA takes two scales, of the text encoder and of the U-Net`;
  return [sunstepWarning("PROMPT_TAG_UNUSED", message, { tag: text })];
}
