import { pipelineError } from "../errors.js";

/** @throws PIPELINE_NOT_FINITE naming the network and the step */
export function checkFinite(values: Float32Array, network: string): void {
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) {
    throw pipelineError(
      "PIPELINE_NOT_FINITE",
      `${network} gave ${values[at]} at element ${at}: the checkpoint, LoRA or adapter holds broken weights, or the seed and scale drive it out of range`,
      { network, index: at },
    );
  }
}
