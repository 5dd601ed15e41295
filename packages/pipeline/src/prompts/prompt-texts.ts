import { composedPrompts, type PromptSchedule, promptSchedule, scheduledText } from "@sunstep/tokenizer";
import { pipelineError } from "../errors.js";
import type { Request } from "../request/request.js";

/** How long a run is, as prompts that change with the steps count it. */
export interface PromptSteps {
  /** Evaluations of the network in all steps, those that an image's strength leaves out included. */
  readonly steps: number;
  /** Evaluations of the run. */
  readonly evaluations: number;
  /** For each evaluation, whether the request's negative method is used. Default: at all. */
  readonly negative?: readonly boolean[];
}

/** A text for the first text encoder, and one for the others. */
export interface EncoderTexts {
  readonly first: string;
  readonly others: string;
}

/** The texts of a prompt and its negative prompt at an evaluation. */
export interface PromptTexts {
  /** At least one: the parts between the words AND. */
  readonly parts: readonly (EncoderTexts & { readonly weight: number })[];
  readonly negative: EncoderTexts;
}

type Texts = Pick<Request, "prompts" | "prompts2" | "negativePrompts" | "negativePrompts2" | "promptSyntax">;

/**
 * Returns the texts of the prompt with index `i` at each evaluation, in AUTOMATIC1111's language of prompts. A run from an
 * image counts evaluations from its own start, as there. A prompt for the second text encoder changes by itself, and has as
 * many parts as the first one's.
 * @throws SunstepError PIPELINE_OPTION
 */
export function promptTexts(request: Texts, i: number, steps: PromptSteps): readonly PromptTexts[] {
  const { prompts, prompts2 = prompts, negativePrompts, negativePrompts2 = negativePrompts } = request;
  const isPlain = request.promptSyntax === "plain";
  const scheduled = (text: string): PromptSchedule =>
    isPlain ? { entries: [{ end: steps.steps, text }], applied: [] } : promptSchedule(text, steps.steps);
  // A prompt that is replaced by its encoding may be missing.
  const compose = (text = "") => (isPlain ? [{ text, weight: 1 }] : composedPrompts(text));
  const parts = compose(prompts[i]);
  const others = compose(prompts2[i]);
  if (others.length !== parts.length) {
    throw pipelineError(
      "PIPELINE_OPTION",
      `prompt2 is composed of ${others.length} parts by AND, prompt of ${parts.length}: give it as many`,
      { option: "prompt2" },
    );
  }
  const schedules = parts.map(({ text, weight }, j) => ({
    first: scheduled(text),
    others: scheduled(others[j]!.text),
    weight,
  }));
  const negative = {
    first: scheduled(negativePrompts[i] ?? ""),
    others: scheduled(negativePrompts2[i] ?? ""),
  };
  return Array.from({ length: steps.evaluations }, (_, evaluation) => {
    const at = ({ first, others }: { readonly first: PromptSchedule; readonly others: PromptSchedule }) => ({
      first: scheduledText(first, evaluation),
      others: scheduledText(others, evaluation),
    });
    return { parts: schedules.map((part) => ({ ...at(part), weight: part.weight })), negative: at(negative) };
  });
}
