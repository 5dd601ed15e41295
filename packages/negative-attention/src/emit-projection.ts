import {
  type GraphIndex,
  intsAttribute,
  type Node,
  type NodeEmitter,
  staticShape,
  type Value,
} from "@sunstep/onnx-graph";
import { negativeAttentionError } from "./errors.js";

/** A value that is made of the prompt: its copy for the other prompt, and the axis of its tokens. */
interface Projected {
  readonly value: Value;
  readonly axis: number;
}

/** A graph input and the value that is projected in its place; both are [batch, tokens, channels]. */
export interface Substitution {
  readonly prompt: string;
  readonly negative: Value;
}

/**
 * Emits the layers between the prompt and `name`, a cross-attention's keys or values, once more for the negative prompt. They
 * read the same weights. The prompts may have different numbers of tokens.
 * @throws SunstepError NEGATIVE_PROJECTION
 */
export function emitProjection(emit: NodeEmitter, name: string, by: Substitution, index: GraphIndex): Value {
  const tokens = sizesOf(by.prompt, index)[1] ?? 1;
  const dependent = new Map<string, boolean>([[by.prompt, true]]);
  return project(name).value;

  function project(value: string): Projected {
    if (value === by.prompt) return { value: by.negative, axis: 1 };
    const node = index.producer(value);
    if (!node) throw unrepeatable(value);
    const copied = node.inputs.map((input) => (dependsOnPrompt(input) ? project(input) : undefined));
    const found = copied.filter((one) => one !== undefined);
    const [source] = found;
    if (!source || found.length > 1 || node.outputs.length !== 1) throw unrepeatable(value);
    const inputs = node.inputs.map(
      (input, i) => copied[i]?.value ?? (input === "" ? undefined : emit.value(input)),
    );
    if (node.op === "Reshape") return reshape(node, source);
    return {
      value: emit.op(node.op, inputs, node.attributes, { domain: node.domain }),
      axis: axisAfter(node, source.axis),
    };
  }

  function dependsOnPrompt(value: string): boolean {
    const known = dependent.get(value) ?? index.producer(value)?.inputs.some(dependsOnPrompt) ?? false;
    dependent.set(value, known);
    return known;
  }

  /** Finds the axis of tokens among the new sizes: as many elements lie behind it as before. */
  function reshape(node: Node, { value, axis }: Projected): Projected {
    const result = node.outputs[0] ?? "";
    const sizes = sizesOf(result, index);
    const behind = product(value.shape.slice(axis + 1));
    const to = sizes.findIndex((size, i) => size % tokens === 0 && product(sizes.slice(i + 1)) === behind);
    if (to < 0) throw unrepeatable(result);
    const changed = sizes.map((size, i) => (i === to ? (size / tokens) * by.negative.shape[1]! : size));
    return { value: emit.op("Reshape", [value, emit.ints(changed)]), axis: to };
  }
}

/** Linear layers and casts keep the axis of tokens in place. */
function axisAfter(node: Node, axis: number): number {
  if (node.op !== "Transpose") return axis;
  return intsAttribute(node.attributes, "perm")?.indexOf(axis) ?? axis;
}

function sizesOf(value: string, index: GraphIndex): readonly number[] {
  return staticShape(index.type(value)?.shape) ?? [];
}

const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);

function unrepeatable(value: string) {
  return negativeAttentionError(
    "NEGATIVE_PROJECTION",
    `${value} is not made of the prompt by linear layers, so that it cannot be made of a negative prompt too: raise the graph first`,
    { value },
  );
}
