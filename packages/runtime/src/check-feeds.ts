import { arrayClasses, isDataType, type Tensor } from "@sunstep/tensor";
import { type DeviceTensor, type Feeds, isDeviceTensor } from "./device-tensor.js";
import { runtimeError } from "./errors.js";
import type { TensorSpec, Variants } from "./runtime.js";

/**
 * Checks the inputs of a run against the model's, so that native code never sees a wrong tensor. `model` names the
 * model in messages.
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
  checkKnown(model, inputs, Object.keys(feeds));
}

/** @throws INPUT_UNKNOWN */
function checkKnown(model: string, inputs: readonly TensorSpec[], names: readonly string[]): void {
  const unknown = names.find((name) => !inputs.some((input) => input.name === name));
  if (unknown === undefined) return;
  const known = inputs.map((input) => input.name).join(", ");
  throw runtimeError("INPUT_UNKNOWN", `${model} has no input ${unknown}; its inputs are ${known}`, {
    input: unknown,
  });
}

/**
 * Checks that every variant binds inputs of the model, each to a tensor that fits it, and that `variant` is one of them.
 * @throws INPUT_UNKNOWN, INPUT_DTYPE, INPUT_SHAPE, VARIANT_UNKNOWN
 */
export function checkVariants(
  model: string,
  inputs: readonly TensorSpec[],
  variants: Variants,
  variant: string | undefined,
): void {
  for (const [name, bound] of Object.entries(variants)) {
    const label = `variant ${name} of ${model}`;
    checkKnown(label, inputs, Object.keys(bound));
    for (const input of inputs)
      if (Object.hasOwn(bound, input.name)) checkTensor(label, input, bound[input.name]!);
  }
  inputsOfVariant(model, inputs, variants, variant);
}

/**
 * The inputs that a run takes: those that the variant does not bind.
 * @throws VARIANT_UNKNOWN
 */
export function inputsOfVariant(
  model: string,
  inputs: readonly TensorSpec[],
  variants: Variants,
  variant: string | undefined,
): readonly TensorSpec[] {
  if (variant === undefined) return inputs;
  const bound = Object.hasOwn(variants, variant) ? variants[variant] : undefined;
  if (bound) return inputs.filter(({ name }) => !Object.hasOwn(bound, name));
  throw runtimeError(
    "VARIANT_UNKNOWN",
    `${model} has no variant ${variant}; it was loaded with ${Object.keys(variants).join(", ") || "none"}`,
    { variant },
  );
}

function checkTensor(model: string, input: TensorSpec, feed: Tensor | DeviceTensor): void {
  const { dtype, shape } = feed;
  const details = { input: input.name, expected: input, actual: { dtype, shape } };
  const data = isDeviceTensor(feed) ? undefined : feed.data;
  const holds = isDeviceTensor(feed) || (isDataType(dtype) && data instanceof arrayClasses[dtype]);
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

/** @throws OUTPUT_UNKNOWN for a name that is not one of the model's outputs */
export function checkKeepOnDevice(
  model: string,
  outputs: readonly TensorSpec[],
  names: readonly string[],
): void {
  const unknown = names.find((name) => !outputs.some((output) => output.name === name));
  if (unknown === undefined) return;
  const known = outputs.map((output) => output.name).join(", ");
  throw runtimeError("OUTPUT_UNKNOWN", `${model} has no output ${unknown}; its outputs are ${known}`, {
    output: unknown,
  });
}
