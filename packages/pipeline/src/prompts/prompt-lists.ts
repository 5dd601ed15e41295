import { pipelineError } from "../errors.js";
import type { GenerateOptions } from "../request/generate-options.js";
import type { RequestSettings } from "../request/request-settings.js";

type Prompts = string | readonly string[];

/** @throws SunstepError PIPELINE_OPTION */
export function promptList(option: string, prompt: Prompts): readonly string[] {
  const prompts = typeof prompt === "string" ? [prompt] : prompt;
  if (!Array.isArray(prompts) || prompts.length === 0 || prompts.some((text) => typeof text !== "string")) {
    throw pipelineError("PIPELINE_OPTION", `${option} must be a string or a list of strings`, { option });
  }
  return prompts;
}

/**
 * Reads the prompts of a request beside its first ones, one for each of `count` prompts. A negative prompt that is left
 * out is the empty one.
 * @throws SunstepError PIPELINE_OPTION
 */
export function negativeAndSecondPrompts(
  { negativePrompt, prompt2, negativePrompt2 }: GenerateOptions,
  count: number,
): Pick<RequestSettings, "negativePrompts" | "omitsNegative" | "prompts2" | "negativePrompts2"> {
  if (negativePrompt === undefined && negativePrompt2 !== undefined) {
    throw pipelineError(
      "PIPELINE_OPTION",
      'negativePrompt2 needs the negativePrompt of the first text encoder, which may be ""',
      { option: "negativePrompt2" },
    );
  }
  return {
    negativePrompts: oneForEach("negativePrompt", negativePrompt ?? "", count),
    omitsNegative: negativePrompt === undefined,
    ...(prompt2 !== undefined && { prompts2: oneForEach("prompt2", prompt2, count) }),
    ...(negativePrompt2 !== undefined && {
      negativePrompts2: oneForEach("negativePrompt2", negativePrompt2, count),
    }),
  };
}

function oneForEach(option: string, prompt: Prompts, count: number): readonly string[] {
  const list = promptList(option, prompt);
  if (list.length !== 1 && list.length !== count) {
    throw pipelineError(
      "PIPELINE_OPTION",
      `${option} has ${list.length} texts for ${count} prompts: give one, or one for each`,
      { option },
    );
  }
  return list.length === count ? list : Array.from({ length: count }, () => list[0]!);
}
