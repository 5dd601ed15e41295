import {
  editGraph,
  type Graph,
  type Node,
  numberAttribute,
  type Pass,
  staticShape,
} from "@sunstep/onnx-graph";

/**
 * Returns a pass that adds inputs to a U-Net's skip connections and to the result of its middle block: `shapes` by name,
 * on the way down first, the middle block's last. Skip connections are found as what is joined to the way up by its
 * Concat nodes over channels, the last skip first (diffusers UNet2DConditionModel.forward).
 */
export function addResiduals(shapes: Readonly<Record<string, readonly number[]>>): Pass {
  return {
    name: "addResiduals",
    run(model) {
      const { graph } = model;
      const names = Object.keys(shapes);
      const joins = graph.nodes.filter((node) => joinsSkip(node, graph));
      if (joins.length !== names.length - 1) {
        throw new Error(
          `the U-Net has ${joins.length} skip connections, a ControlNet would add to ${names.length - 1}`,
        );
      }
      const inputs = names.map((name) => ({ name, dtype: "float32" as const, shape: [...shapes[name]!] }));
      return editGraph(
        { ...model, graph: { ...graph, inputs: [...graph.inputs, ...inputs] } },
        (node, emit) => {
          const place = joins.indexOf(node);
          if (place < 0) return undefined;
          const [hidden = "", skip = ""] = node.inputs;
          const add = (to: string, name: string) => emit.op("Add", [emit.value(to), emit.value(name)]).name;
          const joined = emit.scope(`${scopeOf(node)}.control`, () => [
            place === 0 ? add(hidden, names.at(-1)!) : hidden,
            add(skip, names.at(-2 - place)!),
          ]);
          return [...emit.nodes, { ...node, inputs: joined }];
        },
      );
    },
  };
}

function joinsSkip({ op, attributes, inputs, outputs }: Node, graph: Graph): boolean {
  if (op !== "Concat" || inputs.length !== 2) return false;
  const shape = staticShape(graph.values.get(outputs[0]!)?.shape);
  const axis = numberAttribute(attributes, "axis", 0);
  return shape?.length === 4 && (axis === 1 || axis === -3);
}

function scopeOf({ name }: Node): string {
  return name.replace(/\/[^/]*$/, "");
}
