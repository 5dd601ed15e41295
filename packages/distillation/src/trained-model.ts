import type { PipelineParts } from "@sunstep/pipeline";

/** The frozen model whose adapter is trained; teacher and student share it. */
export type TrainedModel = Pick<
  PipelineParts,
  "runtime" | "unet" | "textEncoders" | "vae" | "tokenizer" | "schedulerConfig"
> & {
  /** Name written into the adapter's metadata. */
  readonly name: string;
};
