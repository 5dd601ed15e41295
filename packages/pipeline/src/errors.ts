import { defineErrors, defineWarnings } from "@sunstep/errors";

/** Errors of requests and runs, by code. */
export const [pipelineErrors, pipelineError] = defineErrors({
  PIPELINE_OPTION: "an option has a value that it cannot have",
  PIPELINE_SIZE: "a width or height is not a multiple of the pixels of a latent, or out of range",
  PIPELINE_MASK: "a mask without an image, or of another size than the image",
  PIPELINE_ACCELERATION: "no acceleration of this name is loaded",
  PIPELINE_NEGATIVE: "negative prompts are to be read by a method that does not read them here, or by two",
  PIPELINE_CONTROL: "a ControlNet is for another kind of model, or its options do not fit",
  PIPELINE_EMBEDDINGS: "encoded prompts have another shape than the model takes",
  PIPELINE_NOT_FINITE: "a network gave NaN or infinity",
  PIPELINE_DISPOSED: "the pipeline was disposed of",
});

/** Settings that a run cannot honour, by code. */
export const [pipelineWarnings, pipelineWarning] = defineWarnings({
  PROMPT_CUT: "a prompt has more tokens than the text encoder takes; the rest was not read",
  TOKENIZER_TOO_SMALL: "a text encoder knows more tokens than its tokenizer",
  EMBEDDING_UNUSED: "a word of a prompt names an embedding that is of another kind of model, or is not read",
  PROMPT_SYNTAX_UNUSED: "a prompt has syntax of another program that is not applied",
  PROMPT_WEIGHTED: "a number at the end of a prompt weighs all of it",
  SCHEDULER_OPTION_UNUSED: "the scheduler lacks an option that the model was trained with",
  NEGATIVE_PROMPT_UNUSED: "nothing reads the negative prompt",
  OPTION_UNUSED: "an option that this kind of model does not read, or not without another one",
});

export type PipelineErrorCode = keyof typeof pipelineErrors;
