import { nearNames, type SunstepWarning } from "@sunstep/errors";
import {
  composedPrompts,
  type PromptDirective,
  promptDirectives,
  promptSchedule,
  wordFinder,
} from "@sunstep/tokenizer";
import { pipelineWarning } from "../errors.js";
import type { Request } from "../request/request.js";

/** Syntax that a text encoder would get as words: its meaning elsewhere, and why it is not applied. */
const meanings: Readonly<Record<PromptDirective["kind"], string>> = {
  lora: "a LoRA, which applies in the prompt of a model with a folder of LoRAs, and in no negative prompt",
  "extra-network": "a network beside the model, which is not supported",
  schedule: "a change of the prompt at a step, but other brackets, colons or bars of the prompt do not fit",
  alternation:
    "an alternation from step to step, but other brackets, colons or bars of the prompt do not fit",
  composition: "a composition of prompts, which negative prompts do not have",
  embedding: "an embedding, and none of this name is loaded",
};

/**
 * Returns a warning for each kind of syntax in prompts and negative prompts that has a meaning in AUTOMATIC1111 or ComfyUI
 * and is not applied: its characters go to the text encoder. Prompts in plain syntax have none.
 */
export function checkPrompts(request: Request): readonly SunstepWarning[] {
  const { prompts, prompts2 = [], promptSyntax, promptEmbeds } = request;
  const names = request.embeddings.map(({ name }) => name);
  const { negativePrompts, negativePrompts2 = [], negativePromptEmbeds } = request;
  if (promptSyntax === "plain") return [];
  const parts = promptEmbeds ? [] : [...prompts, ...prompts2].map(composedPrompts);
  const negatives = negativePromptEmbeds ? [] : [...negativePrompts, ...negativePrompts2];
  return [
    ...unapplied(
      "the prompt",
      parts.flatMap((list) => list.map(({ text }) => text)),
      names,
    ),
    ...unapplied("the negative prompt", negatives, names),
    ...parts.flatMap(([part, ...others]) =>
      others.length === 0 && part!.weight !== 1 ? [weighted(part!.text, part!.weight)] : [],
    ),
  ];
}

function unapplied(
  where: string,
  texts: readonly string[],
  embeddings: readonly string[],
): readonly SunstepWarning[] {
  const find = wordFinder(embeddings);
  const found = new Map<PromptDirective["kind"], Set<string>>();
  for (const prompt of texts) {
    const { applied } = promptSchedule(prompt, 1);
    const known = find(prompt).flatMap(({ isExplicit, start, end }) =>
      isExplicit ? [prompt.slice(start, end)] : [],
    );
    for (const { kind, text } of promptDirectives(prompt).directives)
      if (!applied.includes(text) && !known.some((word) => word.startsWith(text)))
        found.set(kind, (found.get(kind) ?? new Set()).add(text));
  }
  return [...found].map(([kind, pieces]) => {
    const list = [...pieces].map((text) => JSON.stringify(text)).join(", ");
    return pipelineWarning(
      "PROMPT_SYNTAX_UNUSED",
      `${list} in ${where} means ${meanings[kind]}${kind === "embedding" ? namesLike(pieces, embeddings) : ""}; it goes to the text encoder as words: change it or take it out, or set ` +
        'promptSyntax to "plain" if it is meant as words',
      { kind, texts: [...pieces] },
    );
  });
}

/** Names the embeddings that are most like the first one that is not known. */
function namesLike([text = ""]: Iterable<string>, embeddings: readonly string[]): string {
  const near = nearNames(text.replace(/^embedding:/i, ""), embeddings);
  return near.length === 0 ? "" : `; names like it: ${near.join(", ")}`;
}

function weighted(text: string, weight: number): SunstepWarning {
  return pipelineWarning(
    "PROMPT_WEIGHTED",
    `the number at the end of the prompt weighs all of it by ${weight}, as in AUTOMATIC1111: write something behind it, or set ` +
      'promptSyntax to "plain", if it is meant as words',
    { text, weight },
  );
}
