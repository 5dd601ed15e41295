import { CONTRIB_DOMAIN } from "@sunstep/graph-passes";
import { elementCount, indexGraph, type Pass, staticShape } from "@sunstep/onnx-graph";

/** The operators that gain from packing, by name. Their weights are the second input. */
const PACKED: ReadonlySet<string> = new Set(["DynamicQuantizeMatMul", "MatMulIntegerToFloat"]);

/**
 * Elements of the smallest result whose weight is packed. ONNX Runtime packs an unpacked weight in each run, once for each
 * group of rows, so that a packed one saves time in proportion to the result. It costs time at load and private memory in
 * proportion to the weight. In SD1.5's U-Net at 512x512 a fifth of the weights is read by three quarters of the results.
 */
const LEAST_ELEMENTS = 2 ** 19;

/**
 * Limits the weights that ONNX Runtime packs at load to those of large 8-bit products. All other weights become inputs with
 * a default: these can be given other values, so that ONNX Runtime neither packs nor copies them, and reads the mapped file.
 * For models that are optimised already: such a weight is no constant to graph optimisations either.
 */
export const limitPacking: Pass = {
  name: "limitPacking",
  run(model) {
    const { graph } = model;
    const index = indexGraph(graph);
    const packed = new Set(
      graph.nodes
        .filter(({ op, domain, outputs }) => {
          const shape = staticShape(index.type(outputs[0] ?? "")?.shape);
          return (
            PACKED.has(op) && domain === CONTRIB_DOMAIN && shape && elementCount(shape) >= LEAST_ELEMENTS
          );
        })
        .map(({ inputs }) => inputs[1]),
    );
    const given = new Set(graph.inputs.map(({ name }) => name));
    const weights = [...graph.initializers]
      .filter(([name, { data }]) => data.kind === "external" && !packed.has(name) && !given.has(name))
      .map(([name, { dtype, shape }]) => ({ name, dtype, shape }));
    if (weights.length === 0) return { model, modified: false };
    return {
      model: { ...model, graph: { ...graph, inputs: [...graph.inputs, ...weights] } },
      modified: true,
    };
  },
};
