import type { SunstepWarning } from "@sunstep/errors";
import { type PromptDirective, promptDirectives } from "@sunstep/tokenizer";
import { pipelineWarning } from "./errors.js";
import type { Request } from "./request.js";

/** Meanings of the syntax that a text encoder would get as words, elsewhere. */
const meanings: Readonly<Record<PromptDirective["kind"], string>> = {
  lora: "a LoRA, which applies in the prompt of a model with a folder of LoRAs, and in no negative prompt",
  "extra-network": "a network beside the model",
  schedule: "a change of the prompt at a step",
  alternation: "an alternation from step to step",
  composition: "a composition of prompts",
  embedding: "an embedding",
};

/**
 * Returns a warning for each kind of syntax that prompts and negative prompts have elsewhere and that is not applied: its
 * characters go to the text encoder. Prompts in plain syntax have none.
 */
export function checkPrompts(request: Request): readonly SunstepWarning[] {
  const { prompts, prompts2 = [], promptSyntax, promptEmbeds } = request;
  const { negativePrompts, negativePrompts2 = [], negativePromptEmbeds } = request;
  if (promptSyntax === "plain") return [];
  return [
    ...(promptEmbeds ? [] : unapplied("the prompt", [...prompts, ...prompts2])),
    ...(negativePromptEmbeds
      ? []
      : unapplied("the negative prompt", [...negativePrompts, ...negativePrompts2])),
  ];
}

function unapplied(where: string, prompts: readonly string[]): readonly SunstepWarning[] {
  const directives = prompts.flatMap((prompt) => promptDirectives(prompt).directives);
  const texts = new Map<PromptDirective["kind"], Set<string>>();
  for (const { kind, text } of directives) texts.set(kind, (texts.get(kind) ?? new Set()).add(text));
  return [...texts].map(([kind, found]) => {
    const list = [...found].map((text) => JSON.stringify(text)).join(", ");
    return pipelineWarning(
      "PROMPT_SYNTAX_UNUSED",
      `${list} in ${where} means ${meanings[kind]}; it is not applied here and goes to the text encoder as words: ` +
        'take it out, or set promptSyntax to "plain" if it is meant as words',
      { kind, texts: [...found] },
    );
  });
}
