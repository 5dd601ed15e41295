import { defineErrors, defineWarnings } from "@sunstep/errors";

/** Codes of the errors that this package throws. */
export const [onnxCheckpointErrors, onnxCheckpointError] = defineErrors({
  ONNX_FOLDER_FILE_MISSING: "a file of the folder is missing",
  ONNX_GRAPH_INPUTS: "a graph has other inputs than its network, or sizes that it cannot be read at",
  ONNX_GRAPH_DIFFERS: "a graph computes something else than the network of its config",
  ONNX_GRAPH_WEIGHT: "a weight is quantized, or computed from others",
  ONNX_GRAPH_TOO_LARGE: "an .onnx file is larger than the format allows",
});

export type OnnxCheckpointErrorCode = keyof typeof onnxCheckpointErrors;

/** Codes of the warnings that this package gives. */
export const [onnxCheckpointWarnings, onnxCheckpointWarning] = defineWarnings({
  ONNX_FOLDER_NO_ENCODER: "the folder has no VAE encoder, so images cannot be given",
  ONNX_FOLDER_DERIVED_CONFIG: "a config is missing, and was derived from the graph",
});
