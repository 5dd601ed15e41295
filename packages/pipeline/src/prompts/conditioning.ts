import { type Tensor, tensor } from "@sunstep/tensor";
import { concatenate } from "./concatenate.js";

/**
 * Inputs of the U-Net that stay the same from step to step, by the network's own names. The batch is the first axis. An
 * input with a single axis, such as a scale, is shared by all images of an evaluation.
 */
export type Conditioning = Readonly<Record<string, Tensor<"float32">>>;

/** Shapes of a network's inputs by name. */
export type InputShapes = Readonly<Record<string, readonly number[]>>;

/** The conditioning of an image. `negative` is present if the guidance or the acceleration reads it. */
export interface PromptConditioning {
  readonly positive: Conditioning;
  readonly negative?: Conditioning;
  /** All parts of a prompt that is composed of several, or weighted; the first is `positive`. */
  readonly composed?: readonly WeightedConditioning[];
  /** The conditioning of ControlNets in evaluations of `positive`. Default: `positive`. */
  readonly control?: Conditioning;
}

/** A part of a composed prompt, and the weight of its prediction. */
export interface WeightedConditioning {
  readonly conditioning: Conditioning;
  readonly weight: number;
  /** As `control` of the whole. */
  readonly control?: Conditioning;
}

export function shapesOf(tensors: Readonly<Record<string, Pick<Tensor, "shape">>>): InputShapes {
  return Object.fromEntries(Object.entries(tensors).map(([name, { shape }]) => [name, shape]));
}

/** Joins the conditionings of several images, which have the same shapes, along the batch axis. */
export function stackConditionings(conditionings: readonly Conditioning[]): Conditioning {
  const [first = {}, ...others] = conditionings;
  if (others.length === 0) return first;
  return Object.fromEntries(
    Object.entries(first).map(([name, input]) => [
      name,
      isShared(input) ? input : stackTensors(conditionings.map((one) => one[name]!)),
    ]),
  );
}

/** Tells which images can be evaluated together: those of the same shapes and the same shared inputs. */
export function batchKey(conditioning: Conditioning): string {
  const entries = Object.entries(conditioning).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(
    entries.map(([name, input]) => [name, input.shape, isShared(input) ? [...input.data] : undefined]),
  );
}

/** Splits a tensor along its first axis. */
export function rowsOf({ data, shape: [count = 0, ...rest] }: Tensor<"float32">): Tensor<"float32">[] {
  const size = data.length / count;
  return Array.from({ length: count }, (_, i) =>
    tensor(data.subarray(i * size, (i + 1) * size), [1, ...rest]),
  );
}

function isShared({ shape }: Tensor): boolean {
  return shape.length <= 1;
}

function stackTensors(tensors: readonly Tensor<"float32">[]): Tensor<"float32"> {
  const [, ...rest] = tensors[0]!.shape;
  const count = tensors.reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0);
  return tensor(concatenate(tensors.map(({ data }) => data)), [count, ...rest]);
}
