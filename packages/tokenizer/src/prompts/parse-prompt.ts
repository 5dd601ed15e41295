// AUTOMATIC1111's prompt grammar (modules/prompt_parser.py, parse_prompt_attention):
//   (text) times 1.1     [text] divided by 1.1     (text:1.3) times 1.3     \( \[ \) \] \\ literal
// Brackets nest and multiply; one that is never closed reaches to the end; one that was never opened is text.
// BREAK as a word of its own starts a new chunk. Unlike there, it does so inside brackets too, where the original
// reads the word itself as text of the prompt, with a negative weight.

import { tokenizerError } from "../errors.js";

/** A run of text with one weight. */
export interface PromptText {
  readonly kind: "text";
  readonly text: string;
  readonly weight: number;
}

/** The word BREAK: what follows starts a new chunk. */
export interface PromptBreak {
  readonly kind: "break";
}

export type PromptPart = PromptText | PromptBreak;

const roundFactor = 1.1;
const squareFactor = 1 / 1.1;
const grammar = /\\[()[\]\\]|\\|\(|\[|:\s*([+-]?[.\d]+)\s*\)|\)|\]|[^\\()[\]:]+|:/g;
const breakWord = /\s*(?<![\p{L}\p{N}_])BREAK(?![\p{L}\p{N}_])\s*/gu;

/** Splits a prompt into weighted text and breaks. Never empty: an empty prompt is one empty text of weight 1. */
export function parsePrompt(prompt: string): PromptPart[] {
  const parts: ({ kind: "text"; text: string; weight: number } | PromptBreak)[] = [];
  const round: number[] = [];
  const square: number[] = [];
  const multiplyFrom = (start: number, factor: number) => {
    for (let i = start; i < parts.length; i++) {
      const part = parts[i]!;
      if (part.kind === "text") part.weight *= factor;
    }
  };
  const addText = (text: string) => parts.push({ kind: "text", text, weight: 1 });

  for (const [token, weight] of prompt.matchAll(grammar)) {
    if (token.startsWith("\\")) addText(token.slice(1));
    else if (token === "(") round.push(parts.length);
    else if (token === "[") square.push(parts.length);
    else if (weight !== undefined && round.length > 0) multiplyFrom(round.pop()!, parseWeight(weight, token));
    else if (token === ")" && round.length > 0) multiplyFrom(round.pop()!, roundFactor);
    else if (token === "]" && square.length > 0) multiplyFrom(square.pop()!, squareFactor);
    else {
      token.split(breakWord).forEach((text, index) => {
        if (index > 0) parts.push({ kind: "break" });
        addText(text);
      });
    }
  }
  for (const start of round) multiplyFrom(start, roundFactor);
  for (const start of square) multiplyFrom(start, squareFactor);
  return joinEqualWeights(parts);
}

function parseWeight(digits: string, token: string): number {
  const weight = /^[+-]?(\d+\.?\d*|\.\d+)$/.test(digits) ? Number(digits) : Number.NaN;
  if (!Number.isFinite(weight)) {
    throw tokenizerError(
      "PROMPT_WEIGHT_INVALID",
      `the weight in "${token.slice(0, 40)}" of the prompt is not a number`,
      {
        token,
      },
    );
  }
  return weight;
}

function joinEqualWeights(parts: readonly PromptPart[]): PromptPart[] {
  const joined: PromptPart[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (last?.kind === "text" && part.kind === "text" && last.weight === part.weight) {
      joined[joined.length - 1] = { ...last, text: last.text + part.text };
    } else joined.push(part);
  }
  return joined.length > 0 ? joined : [{ kind: "text", text: "", weight: 1 }];
}
