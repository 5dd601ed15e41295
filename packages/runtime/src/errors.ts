import { defineErrors } from "@sunstep/errors";

/** Codes of the errors that every backend throws, with their meaning. */
export const [runtimeErrors, runtimeError] = defineErrors({
  DEVICE_UNAVAILABLE: "the machine lacks the device, or this build of the backend cannot use it",
  MODEL_REJECTED: "the backend cannot load the model",
  DTYPE_UNSUPPORTED: "an input or output has an element type that the backend cannot pass",
  EXTERNAL_DATA_MISSING: "a file of weights is missing, or shorter than the graph needs",
  INPUT_MISSING: "an input of the model was not given",
  INPUT_UNKNOWN: "the model has no such input",
  INPUT_DTYPE: "an input has another element type than the model takes",
  INPUT_SHAPE:
    "an input has another shape than the model takes, or data of another length than its shape needs",
  OUTPUT_UNKNOWN: "the model has no such output",
  VARIANT_UNKNOWN: "the model was loaded without such a variant",
  TENSOR_RELEASED: "a device tensor was released, belongs to another runtime, or was lost with its worker",
  SESSION_DISPOSED: "the session, or its runtime, was disposed of",
  OUT_OF_MEMORY: "there is not enough memory",
  RUN_FAILED: "the backend failed while running the model",
  WORKER_DIED: "the worker that holds the sessions ended unexpectedly",
});

export type RuntimeErrorCode = keyof typeof runtimeErrors;
