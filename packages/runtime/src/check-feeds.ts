import { arrayClasses, isDataType, type Tensor } from "@sunstep/tensor";
import { runtimeError } from "./errors.js";
import { type Feeds, isKept, type KeptTensor } from "./kept-tensor.js";
import type { TensorSpec } from "./runtime.js";

/**
 * Checks what a run was given against what the model takes, so that native code never sees a wrong tensor.
 * `model` is named in messages.
 * @throws INPUT_MISSING, INPUT_UNKNOWN, INPUT_DTYPE, INPUT_SHAPE
 */
export function checkFeeds(model: string, inputs: readonly TensorSpec[], feeds: Feeds): void {
  for (const input of inputs) {
    const tensor = Object.hasOwn(feeds, input.name) ? feeds[input.name] : undefined;
    if (!tensor) {
      throw runtimeError("INPUT_MISSING", `${model}: input ${describe(input)} was not given`, {
        input: input.name,
      });
    }
    checkTensor(model, input, tensor);
  }
  for (const name of Object.keys(feeds)) {
    if (inputs.some((input) => input.name === name)) continue;
    const known = inputs.map((input) => input.name).join(", ");
    throw runtimeError("INPUT_UNKNOWN", `${model} has no input ${name}; its inputs are ${known}`, {
      input: name,
    });
  }
}

function checkTensor(model: string, input: TensorSpec, feed: Tensor | KeptTensor): void {
  const { dtype, shape } = feed;
  const details = { input: input.name, expected: input, actual: { dtype, shape } };
  const data = isKept(feed) ? undefined : feed.data;
  const holds = isKept(feed) || (isDataType(dtype) && data instanceof arrayClasses[dtype]);
  if (dtype !== input.dtype || !holds) {
    const given = holds ? dtype : `${dtype} in a ${Object.prototype.toString.call(data).slice(8, -1)}`;
    throw runtimeError("INPUT_DTYPE", `${model}: input ${describe(input)} was given as ${given}`, details);
  }
  const fits =
    shape.length === input.shape.length &&
    shape.every((size, i) => typeof input.shape[i] === "string" || size === input.shape[i]);
  if (!fits) {
    throw runtimeError(
      "INPUT_SHAPE",
      `${model}: input ${describe(input)} was given as [${shape.join(", ")}]`,
      details,
    );
  }
  const elements = shape.reduce((product, size) => product * size, 1);
  if (data && data.length !== elements) {
    throw runtimeError(
      "INPUT_SHAPE",
      `${model}: input ${describe(input)} needs ${elements} elements and was given ${data.length}`,
      details,
    );
  }
}

function describe({ name, dtype, shape }: TensorSpec): string {
  return `${name} (${dtype} [${shape.join(", ")}])`;
}

/** @throws OUTPUT_UNKNOWN if an output that is to be kept is none of the model's */
export function checkKeep(model: string, outputs: readonly TensorSpec[], keep: readonly string[]): void {
  const unknown = keep.find((name) => !outputs.some((output) => output.name === name));
  if (unknown === undefined) return;
  const known = outputs.map((output) => output.name).join(", ");
  throw runtimeError("OUTPUT_UNKNOWN", `${model} has no output ${unknown}; its outputs are ${known}`, {
    output: unknown,
  });
}
