import { type GraphIndex, intsAttribute, staticShape } from "@sunstep/onnx-graph";

/** One of the sizes that an attention's tensors are made of, wherever Reshape and Transpose have moved it. */
interface Atom {
  readonly id: string;
  readonly size: number;
}

/** The atoms of each axis, in row-major order. */
type Layout = readonly (readonly Atom[])[];

/** A value [batch, tokens, channels] that was cut into heads, and the factor that it was multiplied by on the way. */
export interface Tokens {
  readonly value: string;
  readonly batch: number;
  readonly heads: number;
  readonly scale: number;
}

/** The value to follow to where it was cut: [.., tokens, head size], or with `transposed` [.., head size, tokens]. */
export interface HeadsOf {
  readonly value: string;
  readonly transposed?: boolean;
}

/**
 * Follows a value in heads back through Reshape, Transpose and factors to the [batch, tokens, channels] that it was cut
 * from. Exporters keep heads as an axis, or join them with the batch; the order of the elements decides. The value that lies
 * furthest back counts: a batch of heads has the form of a batch of images.
 */
export function tokensOf({ value, transposed = false }: HeadsOf, index: GraphIndex): Tokens | undefined {
  const shape = staticShape(index.type(value)?.shape);
  if (!shape || shape.length < 3) return undefined;
  const [rows = 1, columns = 1] = shape.slice(-2);
  const [tokens, size] = transposed ? [columns, rows] : [rows, columns];
  const groups = shape.slice(0, -2).reduce((product, one) => product * one, 1);
  const steps: Step[] = [];
  let scale = 1;
  let found: Tokens | undefined;
  for (let current = value; ; ) {
    const source = staticShape(index.type(current)?.shape);
    if (!source) return found;
    const [batch = 1, length, channels = 1] = source;
    const heads = channels / size;
    if (source.length === 3 && length === tokens && Number.isInteger(heads) && batch * heads === groups) {
      const atoms = { b: batch, h: heads, s: tokens, d: size };
      if (isOrdered(steps, atoms, transposed)) found = { value: current, batch, heads, scale };
    }
    const step = stepTo(current, index);
    if (!step) return found;
    scale *= step.scale ?? 1;
    steps.unshift(step);
    current = step.from;
  }
}

/** A node on the way: its new order of axes, its new sizes, or a factor. */
interface Step {
  readonly from: string;
  readonly permutation?: readonly number[];
  readonly sizes?: readonly number[];
  readonly scale?: number;
}

function stepTo(value: string, index: GraphIndex): Step | undefined {
  const node = index.producer(value);
  if (node?.domain !== "") return undefined;
  const [from = "", second = ""] = node.inputs;
  switch (node.op) {
    case "Reshape":
    case "Squeeze":
    case "Unsqueeze":
      return { from, sizes: staticShape(index.type(value)?.shape)! };
    case "Transpose": {
      const permutation = intsAttribute(node.attributes, "perm");
      return permutation && { from, permutation };
    }
    default: {
      const factored = unscaled(value, index);
      return second !== "" && factored.value !== value
        ? { from: factored.value, scale: factored.scale }
        : undefined;
    }
  }
}

/** x and s of x * s, s * x or x / (1 / s), with s a constant; x and 1 of anything else. */
export function unscaled(value: string, index: GraphIndex): { value: string; scale: number } {
  const node = index.producer(value);
  const [a = "", b = ""] = node?.inputs ?? [];
  if (node?.op !== "Mul" && node?.op !== "Div") return { value, scale: 1 };
  const second = index.constant(b);
  if (second?.length === 1) return { value: a, scale: node.op === "Mul" ? second[0]! : 1 / second[0]! };
  const first = node.op === "Mul" ? index.constant(a) : undefined;
  return first?.length === 1 ? { value: b, scale: first[0]! } : { value, scale: 1 };
}

/** Tells whether the steps bring [b, s, h d] to the order b, h, s, d or b, h, d, s. */
function isOrdered(
  steps: readonly Step[],
  { b, h, s, d }: Readonly<Record<"b" | "h" | "s" | "d", number>>,
  transposed: boolean,
): boolean {
  const atom = (id: string, size: number): Atom => ({ id, size });
  let layout: Layout | undefined = [[atom("b", b)], [atom("s", s)], [atom("h", h), atom("d", d)]];
  for (const { permutation, sizes } of steps) {
    if (permutation) layout = permutation.map((axis) => layout![axis] ?? []);
    if (sizes) layout = regroup(layout, sizes);
    if (!layout) return false;
  }
  const sizes: Readonly<Record<string, number>> = { b, h, s, d };
  const wanted = (transposed ? ["b", "h", "d", "s"] : ["b", "h", "s", "d"]).filter((id) => sizes[id] !== 1);
  // An axis of size 1 may stand anywhere.
  const order = layout.flat().filter(({ size }) => size !== 1);
  return order.map(({ id }) => id).join() === wanted.join();
}

/** Distributes the atoms over axes of these sizes; undefined where an axis would cut an atom. */
function regroup(layout: Layout, sizes: readonly number[]): Layout | undefined {
  const atoms = layout.flat().filter(({ size }) => size !== 1);
  const axes: Atom[][] = [];
  for (const size of sizes) {
    const axis: Atom[] = [];
    let product = 1;
    while (product < size) {
      const next = atoms.shift();
      if (!next) return undefined;
      axis.push(next);
      product *= next.size;
    }
    if (product !== size) return undefined;
    axes.push(axis);
  }
  return atoms.length === 0 ? axes : undefined;
}
