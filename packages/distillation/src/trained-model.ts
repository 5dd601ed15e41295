import type { PipelineParts } from "@sunstep/pipeline";

/** The model whose adapter is trained: frozen, teacher and student at once. */
export type TrainedModel = Pick<
  PipelineParts,
  "runtime" | "unet" | "textEncoders" | "vae" | "tokenizer" | "schedulerConfig"
> & {
  /** For the adapter's metadata. */
  readonly name: string;
};
