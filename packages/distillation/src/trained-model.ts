import type { PipelineComponents } from "@sunstep/pipeline";

/** The frozen model whose adapter is trained; teacher and student share it. */
export type TrainedModel = Pick<
  PipelineComponents,
  "runtime" | "architecture" | "unet" | "textEncoders" | "vae" | "schedulerConfig"
> & {
  /** Name written into the adapter's metadata. */
  readonly name: string;
};
