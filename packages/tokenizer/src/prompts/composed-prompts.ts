// Prompts that are composed of others, in AUTOMATIC1111's grammar (modules/prompt_parser.py, get_multicond_prompt_list):
//   a cat AND a dog :0.5

/** A part of a composed prompt, and the weight of its prediction. */
export interface ComposedPart {
  readonly text: string;
  readonly weight: number;
}

const and = /(?<![\p{L}\p{N}_])AND(?![\p{L}\p{N}_])/gu;
const weight = /:\s*([-+]?(?:\d*\.\d+|\d+\.?))\s*$/;

/** Splits a prompt at the word AND. A number after a colon at the end of a part is its weight, else 1. */
export function composedPrompts(prompt: string): readonly ComposedPart[] {
  return prompt.split(and).map((part) => {
    const found = weight.exec(part);
    return found
      ? { text: part.slice(0, found.index).trimEnd(), weight: Number(found[1]) }
      : { text: part.trimEnd(), weight: 1 };
  });
}
