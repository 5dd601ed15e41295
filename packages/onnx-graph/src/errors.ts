import { defineErrors } from "@sunstep/errors";

/** Codes of the errors about graphs and ONNX files. */
export const [onnxErrors, onnxError] = defineErrors({
  ONNX_NOT_A_MODEL: "the bytes are not an ONNX model",
  ONNX_TRUNCATED: "the file ends in the middle of a field",
  ONNX_OPSET_UNSUPPORTED: "the operator set version is newer than this package knows",
  ONNX_OPERATOR_UNKNOWN: "the operator is not defined in its operator set",
  ONNX_NOT_KEPT: "the file holds a part of the format that a model in memory cannot hold",
  ONNX_UNDEFINED_VALUE: "a node reads a value that nothing defines",
  ONNX_CYCLE: "nodes depend on each other in a circle, or are not in topological order",
  ONNX_DUPLICATE_VALUE: "two nodes write the same value",
  ONNX_INITIALIZER_SIZE: "an initializer has other data than its type and shape need",
  ONNX_EXTERNAL_PATH: "an external data location leaves the model's folder",
  ONNX_EXTERNAL_MISSING: "an external data file is missing",
  ONNX_EXTERNAL_RANGE: "an external data range does not fit its file",
  GRAPH_SHAPE: "an operator was given shapes that it does not take",
  GRAPH_DTYPE: "an operator was given an element type that it does not take",
  GRAPH_UNKNOWN_INPUT: "the graph has no such input",
  GRAPH_PASS_FAILED: "a pass threw something that is not a SunstepError",
  GRAPH_REWRITE_UNSETTLED: "the rules of a rewrite undo each other and never settle",
});

export type OnnxErrorCode = keyof typeof onnxErrors;
