import { onnxError } from "../errors.js";
import type { Attributes, DataType } from "../model.js";

/** The type of a value whose dimensions are all known. */
export interface StaticType {
  readonly dtype: DataType;
  readonly shape: readonly number[];
}

/** The node whose outputs a rule infers. */
export interface InferenceInput {
  readonly op: string;
  /** Absent optional inputs are undefined. */
  readonly inputs: readonly (StaticType | undefined)[];
  readonly attributes: Attributes;
  readonly outputCount: number;
  readonly opset: number;
  /** The elements of input `index` if it is a constant. */
  constant(index: number): readonly number[] | undefined;
}

/** Infers the types of a node's outputs from the types of its inputs; outputs that are not asked for may be among them. */
export type InferenceRule = (node: InferenceInput) => readonly StaticType[];

export function required(node: InferenceInput, index: number): StaticType {
  const type = node.inputs[index];
  if (!type) throw onnxError("GRAPH_SHAPE", `${node.op} needs its input ${index}`);
  return type;
}

export function requiredConstant(node: InferenceInput, index: number): readonly number[] {
  const values = node.constant(index);
  if (!values) throw onnxError("GRAPH_SHAPE", `${node.op}: input ${index} must be a constant`);
  return values;
}

export function shapeError(node: InferenceInput, problem: string): Error {
  const shapes = node.inputs.map((type) => (type ? `[${type.shape.join(", ")}]` : "-")).join(", ");
  return onnxError("GRAPH_SHAPE", `${node.op}(${shapes}): ${problem}`, { op: node.op });
}

/** Returns a possibly negative axis as an index into `rank` dimensions. */
export function normalizeAxis(node: InferenceInput, axis: number, rank: number): number {
  const index = axis < 0 ? axis + rank : axis;
  if (index < 0 || index >= rank) throw shapeError(node, `axis ${axis} is out of range for rank ${rank}`);
  return index;
}

/** Numpy's broadcasting. */
export function broadcast(node: InferenceInput, ...shapes: (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, i) => {
    let size = 1;
    for (const shape of shapes) {
      const own = shape[i - rank + shape.length] ?? 1;
      if (own === 1) continue;
      if (size !== 1 && size !== own) throw shapeError(node, "shapes do not broadcast");
      size = own;
    }
    return size;
  });
}
