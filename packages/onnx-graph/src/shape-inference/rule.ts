import { onnxError } from "../errors.js";
import type { Attributes, DataType } from "../model.js";

/** A value whose type is fully known: what the builder hands around. */
export interface StaticType {
  readonly dtype: DataType;
  readonly shape: readonly number[];
}

/** What a rule may look at. */
export interface InferenceInput {
  readonly op: string;
  /** Absent optional inputs are undefined. */
  readonly inputs: readonly (StaticType | undefined)[];
  readonly attributes: Attributes;
  readonly outputCount: number;
  readonly opset: number;
  /** Elements of input `index` where it is a constant. */
  constant(index: number): readonly number[] | undefined;
}

/** Types of a node's outputs from those of its inputs (ONNX operator specification, "Type and shape inference"). */
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

/** A possibly negative axis as an index into `rank` dimensions. */
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
