// Graphs of the single operators and small compositions whose gradients a reference set holds, by its names for them.
import {
  type Attribute,
  type Attributes,
  boolData,
  float,
  type GraphBuilder,
  int,
  ints,
  string,
  type Value,
} from "@sunstep/onnx-graph";

/** One operator of the set's index. */
export interface OperatorCase {
  readonly name: string;
  /** One operator, or several joined by "+". */
  readonly op: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

type Emit = (
  graph: GraphBuilder,
  inputs: Readonly<Record<string, Value>>,
  testCase: OperatorCase,
) => Value | readonly Value[];

/** Beyond any size; the index's "to the end" does not fit a double. */
const END = Number.MAX_SAFE_INTEGER;

/** TensorProto.DataType */
const dataTypes: Readonly<Record<string, number>> = { FLOAT: 1, FLOAT16: 10, DOUBLE: 11 };

const attributeMakers: Readonly<Record<string, (value: never) => Attribute>> = {
  alpha: float,
  beta: float,
  epsilon: float,
  approximate: string,
  mode: string,
  coordinate_transformation_mode: string,
  nearest_mode: string,
  kernel_shape: ints,
  strides: ints,
  dilations: ints,
  perm: ints,
  pads: ints,
};

function attributes(given: OperatorCase["attributes"], ...without: string[]): Attributes {
  const kept = Object.entries(given).filter(([name]) => !without.includes(name));
  return Object.fromEntries(
    kept.map(([name, value]) => [name, (attributeMakers[name] ?? int)(value as never)]),
  );
}

const list = (testCase: OperatorCase, name: string) =>
  (testCase.attributes[name] as number[]).map((value) => Math.min(value, END));

const number = (testCase: OperatorCase, name: string) => testCase.attributes[name] as number;

/** The operator over all inputs, in their order. */
const plain: Emit = (graph, inputs, { op, attributes: given }) =>
  graph.op(op, Object.values(inputs), attributes(given));

const reduction: Emit = (graph, { x }, testCase) => {
  const axes = testCase.attributes.axes ? [graph.ints(list(testCase, "axes"))] : [];
  return graph.op(testCase.op, [x, ...axes], attributes(testCase.attributes, "axes"));
};

function linear(graph: GraphBuilder, { x, w, b }: Readonly<Record<string, Value>>): Value {
  const product = graph.op("MatMul", [x, graph.op("Transpose", [w], { perm: ints([1, 0]) })]);
  return b ? graph.op("Add", [product, b]) : product;
}

const attention: Emit = (graph, { q, k, v, mask }, testCase) => {
  const keys = graph.op("Transpose", [k], { perm: ints([0, 1, 3, 2]) });
  const scores = graph.op("Mul", [graph.op("MatMul", [q, keys]), graph.scalar(number(testCase, "scale"))]);
  const weights = graph.op("Softmax", [mask ? graph.op("Add", [scores, mask]) : scores], { axis: int(-1) });
  return graph.op("MatMul", [weights, v]);
};

const silu = (graph: GraphBuilder, x: Value) => graph.op("Mul", [x, graph.op("Sigmoid", [x])]);

/** z_p - (a |z_p| z_n / |z_n| + b) + (a2 |z_p| z_e / |z_e| + b2) */
const sunCombine: Emit = (graph, { z_p, z_n, z_e, a, b, a2, b2 }, { name }) => {
  const axes = name.includes("samplenorm") ? [graph.ints([1, 2])] : [];
  const length = (z: Value | undefined) => graph.op("ReduceL2", [z, ...axes], { keepdims: int(axes.length) });
  const branch = (z: Value | undefined, alpha: Value | undefined, beta: Value | undefined) => {
    const normalized = graph.op("Mul", [length(z_p), graph.op("Div", [z, length(z)])]);
    return graph.op("Add", [graph.op("Mul", [alpha, normalized]), beta]);
  };
  return graph.op("Add", [graph.op("Sub", [z_p, branch(z_n, a, b)]), branch(z_e, a2, b2)]);
};

const mean = (graph: GraphBuilder, value: Value) => graph.op("ReduceMean", [value], { keepdims: int(0) });

const pseudoHuber: Emit = (graph, { a, b }, testCase) => {
  const c = number(testCase, "c");
  const difference = graph.op("Sub", [a, b]);
  const square = graph.op("Mul", [difference, difference]);
  const root = graph.op("Sqrt", [graph.op("Add", [square, graph.scalar(c * c)])]);
  return mean(graph, graph.op("Sub", [root, graph.scalar(c)]));
};

/** DDIM's jump from t to b: sqrt(abar_b) x0 + sqrt(1 - abar_b) eps */
const jump: Emit = (graph, { x, out }, testCase) => {
  const perSample = (name: string, of: (abar: number) => number) => {
    const values = list(testCase, name).map(of);
    return graph.floats(values, [values.length, 1, 1]);
  };
  const signal = (abar: number) => Math.sqrt(abar);
  const noise = (abar: number) => Math.sqrt(1 - abar);
  const times = (value: Value | undefined, factor: Value) => graph.op("Mul", [value, factor]);
  const [st, nt] = [perSample("abar_t", signal), perSample("abar_t", noise)];
  const isVelocity = testCase.name.includes("v_prediction");
  const x0 = isVelocity
    ? graph.op("Sub", [times(x, st), times(out, nt)])
    : graph.op("Div", [graph.op("Sub", [x, times(out, nt)]), st]);
  const eps = isVelocity ? graph.op("Add", [times(out, st), times(x, nt)]) : out;
  return graph.op("Add", [times(x0, perSample("abar_b", signal)), times(eps, perSample("abar_b", noise))]);
};

const graphs: Readonly<Record<string, Emit>> = {
  Clip: (graph, { x }, testCase) =>
    graph.op("Clip", [x, graph.scalar(number(testCase, "min")), graph.scalar(number(testCase, "max"))]),
  Cast: (graph, { x }, { attributes: { to } }) =>
    (to as string[]).reduce((value, type) => graph.op("Cast", [value], { to: int(dataTypes[type]!) }), x!),
  Gather: (graph, { x }, testCase) =>
    graph.op("Gather", [x, graph.ints(list(testCase, "indices"))], { axis: int(number(testCase, "axis")) }),
  InstanceNormalization: (graph, { x, w, b }, testCase) => {
    const channels = x!.shape[1]!;
    const uniform = (value: number) => graph.floats(new Array<number>(channels).fill(value));
    const affine = [w ?? uniform(1), b ?? uniform(0)];
    return graph.op("InstanceNormalization", [x, ...affine], attributes(testCase.attributes));
  },
  MatMul: (graph, inputs, testCase) => (inputs.w ? linear(graph, inputs) : plain(graph, inputs, testCase)),
  Pad: (graph, { x }, testCase) =>
    graph.op("Pad", [x, graph.ints(list(testCase, "pads"))], attributes(testCase.attributes, "pads")),
  Pow: (graph, { x }, testCase) => graph.op("Pow", [x, graph.scalar(number(testCase, "exponent"))]),
  ReduceL2: reduction,
  ReduceMean: reduction,
  ReduceSum: reduction,
  Reshape: (graph, { x }, { attributes: { shapes } }) =>
    (shapes as number[][]).reduce((value, shape) => graph.op("Reshape", [value, graph.ints(shape)]), x!),
  Resize: (graph, { x }, testCase) => {
    const { scales, sizes } = testCase.attributes as { scales?: number[]; sizes?: number[] };
    const size = scales ? [graph.floats(scales)] : [undefined, graph.ints(sizes!)];
    return graph.op("Resize", [x, undefined, ...size], attributes(testCase.attributes, "scales", "sizes"));
  },
  Slice: (graph, { x }, testCase) =>
    graph.op("Slice", [
      x,
      ...["starts", "ends", "axes", "steps"].map((name) => graph.ints(list(testCase, name))),
    ]),
  Split: (graph, { x }, testCase) => {
    const sizes = list(testCase, "split");
    const axis = int(number(testCase, "axis"));
    return graph.ops("Split", [x, graph.ints(sizes)], sizes.length, { axis });
  },
  Where: (graph, { a, b }, { attributes: { condition } }) => {
    const values = condition as boolean[];
    return graph.op("Where", [graph.initializer("condition", boolData(values, [values.length])), a, b]);
  },
  "Div+Erf+Add+Mul": (graph, { x }) => {
    const error = graph.op("Erf", [graph.op("Div", [x, graph.scalar(Math.SQRT2)])]);
    const half = graph.op("Mul", [x, graph.scalar(0.5)]);
    return graph.op("Mul", [half, graph.op("Add", [error, graph.scalar(1)])]);
  },
  "MatMul+Add": (graph, inputs) => linear(graph, inputs),
  "MatMul+Add+Split+Gelu+Mul": (graph, inputs) => {
    const both = linear(graph, inputs);
    const half = both.shape.at(-1)! / 2;
    const [value, gate] = graph.ops("Split", [both, graph.ints([half, half])], 2, { axis: int(-1) });
    return graph.op("Mul", [value, graph.op("Gelu", [gate])]);
  },
  "MatMul+Mul+Add+Softmax+MatMul": attention,
  "MatMul+Mul+Softmax+MatMul": attention,
  "Mul+Add+SiLU": (graph, { x, y }) => {
    const product = graph.op("Mul", [x, y]);
    return graph.op("Sub", [graph.op("Add", [product, silu(graph, x!)]), x]);
  },
  "Mul+Sigmoid+Mul": (graph, { x }) =>
    graph.op("Mul", [x, graph.op("Sigmoid", [graph.op("Mul", [x, graph.scalar(1.702)])])]),
  "Mul+Sub+Div+Add": jump,
  "Pad+Conv": (graph, { x, w, b }, testCase) => {
    const [top = 0, left = 0, bottom = 0, right = 0] = list(testCase, "pads");
    const padded = graph.op("Pad", [x, graph.ints([0, 0, top, left, 0, 0, bottom, right])]);
    return graph.op("Conv", [padded, w, b], attributes(testCase.attributes, "pads"));
  },
  "ReduceL2+Div+Mul+Add+Sub": sunCombine,
  "Sigmoid+Mul": (graph, { x }) => silu(graph, x!),
  "Sub+Mul+ReduceMean": (graph, { a, b }) => {
    const difference = graph.op("Sub", [a, b]);
    return mean(graph, graph.op("Mul", [difference, difference]));
  },
  "Sub+Mul+Sqrt+ReduceMean": pseudoHuber,
  "Unsqueeze+Expand": (graph, { x }, testCase) =>
    graph.op("Expand", [
      graph.op("Unsqueeze", [x, graph.ints(list(testCase, "axes"))]),
      graph.ints(list(testCase, "shape")),
    ]),
};

/** The outputs of a case's operator over its inputs. */
export function emitOperator(
  graph: GraphBuilder,
  testCase: OperatorCase,
  inputs: Readonly<Record<string, Value>>,
): readonly Value[] {
  const composed = testCase.op.includes("+");
  const emit = graphs[testCase.op] ?? (composed ? undefined : plain);
  if (!emit) throw new Error(`no graph is known for ${testCase.op}`);
  return [emit(graph, inputs, testCase)].flat();
}
