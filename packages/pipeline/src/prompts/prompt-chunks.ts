import { type ClipTokenizer, encodeWeighted, type PromptChunk } from "@sunstep/tokenizer";
import { pipelineWarning } from "../errors.js";
import type { PromptSyntax } from "../request/request-settings.js";
import type { Run } from "../run.js";

/**
 * Splits a prompt into inputs of a text encoder. Warns of a plain prompt that does not fit into one, unless another text
 * encoder was given the same.
 */
export function promptChunks(
  tokenizer: ClipTokenizer,
  prompt: string,
  syntax: PromptSyntax,
  run: Run,
  isKnown = false,
): readonly PromptChunk[] {
  if (syntax === "automatic1111") return encodeWeighted(tokenizer, prompt).chunks;
  const { ids, truncated, tokenCount } = tokenizer.encode(prompt);
  if (truncated !== "" && !isKnown) {
    const most = tokenizer.maxLength - 2;
    run.warn(
      pipelineWarning(
        "PROMPT_CUT",
        `the prompt has ${tokenCount} tokens and was cut after ${most}, before ${JSON.stringify(truncated)}: shorten it, or use promptSyntax "automatic1111", which reads prompts of any length`,
        { prompt, truncated, tokenCount },
      ),
    );
  }
  return [{ ids, weights: ids.map(() => 1) }];
}
