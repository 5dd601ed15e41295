import { defineErrors } from "@sunstep/errors";

/** What can be wrong with a request or a run, by code. */
export const [pipelineErrors, pipelineError] = defineErrors({
  PIPELINE_OPTION: "an option has a value that it cannot have",
  PIPELINE_SIZE: "a width or height is not a multiple of 8, or out of range",
  PIPELINE_MASK: "a mask without a picture, or of another size than the picture",
  PIPELINE_NO_ADAPTER: "SUN was asked for, but no adapter is loaded",
  PIPELINE_EMBEDDINGS: "encoded prompts have another shape than the model takes",
  PIPELINE_NOT_FINITE: "the network gave NaN or infinity",
  PIPELINE_DISPOSED: "the pipeline was disposed of",
});

export type PipelineErrorCode = keyof typeof pipelineErrors;
