import type { Lora, LoraTarget } from "@sunstep/checkpoint";
import {
  codeOfDataType,
  emitterFor,
  type Graph,
  type GraphIndex,
  indexGraph,
  int,
  type Model,
  type Node,
  type NodeEmitter,
  type Pass,
  type PassResult,
  type Value,
} from "@sunstep/onnx-graph";
import { emitUpdate } from "./emit-update.js";
import { loraError } from "./errors.js";

/** A LoRA, as `readLora` of `@sunstep/checkpoint` gives it, and how strongly to apply it. */
export interface ScaledLora {
  readonly lora: Lora;
  /** 1 is the LoRA as trained, 0 leaves it out. */
  readonly scale: number;
}

/**
 * A pass that merges LoRAs into the weights of one network: W' = W + sum of scale * alpha / rank * up @ down.
 * Weights are found by their canonical names; those that the graph does not use (text encoder layers that clip skip
 * leaves out) are passed over.
 * @throws SunstepError LORA_SHAPE, LORA_SCALE
 */
export function addLoras(loras: readonly ScaledLora[], component: LoraTarget["component"]): Pass {
  for (const { scale } of loras) {
    if (!Number.isFinite(scale))
      throw loraError("LORA_SCALE", `a LoRA's scale must be a finite number, is ${scale}`, { scale });
  }
  return {
    name: "addLoras",
    run: (model) => merge(model, updatesByModule(loras, component)),
  };
}

interface Update {
  readonly target: LoraTarget;
  readonly scale: number;
}

function updatesByModule(
  loras: readonly ScaledLora[],
  component: LoraTarget["component"],
): ReadonlyMap<string, readonly Update[]> {
  const updates = new Map<string, Update[]>();
  for (const { lora, scale } of loras) {
    if (scale === 0) continue;
    for (const target of lora.targets) {
      if (target.component !== component) continue;
      updates.set(target.module, [...(updates.get(target.module) ?? []), { target, scale }]);
    }
  }
  return updates;
}

function merge(model: Model, updates: ReadonlyMap<string, readonly Update[]>): PassResult {
  const { graph } = model;
  const index = indexGraph(graph);
  const emit = emitterFor(model);
  const merged = new Map<string, string>();
  const after = new Map<Node | undefined, readonly Node[]>();
  for (const [module, list] of updates) {
    const name = `${module}.weight`;
    if (!graph.initializers.has(name)) continue;
    const weight = emit.value(computedWeight(name, index));
    const before = emit.nodes.length;
    const sum = emit.scope(`${module}.lora`, () => {
      const total = list.reduce(
        (partial, { target, scale }) =>
          emit.op("Add", [partial, emitUpdate(emit, target, scale, weight.shape)]),
        cast(emit, weight, "float32"),
      );
      return cast(emit, total, weight.dtype);
    });
    merged.set(weight.name, sum.name);
    const place = index.producer(weight.name);
    after.set(place, [...(after.get(place) ?? []), ...emit.nodes.slice(before)]);
  }
  if (merged.size === 0) return { model, modified: false };
  return { model: { ...model, graph: insert(graph, emit, merged, after) }, modified: true };
}

/** Tables that are read in their own type (token embeddings) keep it. */
function cast(emit: NodeEmitter, value: Value, dtype: Value["dtype"]): Value {
  return value.dtype === dtype ? value : emit.op("Cast", [value], { to: int(codeOfDataType(dtype)) });
}

/** The weight as layers read it: what is stored, or what a Cast or a change of layout makes of it. */
function computedWeight(name: string, index: GraphIndex): string {
  const [reader, ...others] = index.consumers(name);
  const [output = ""] = reader?.outputs ?? [];
  const prepared = reader?.op === "Cast" || output.endsWith("/transposed");
  return prepared && others.length === 0 && index.useCount(name) === 1 ? computedWeight(output, index) : name;
}

/** Puts the new nodes behind the ones whose results they change, and lets all others read what they make. */
function insert(
  graph: Graph,
  emit: NodeEmitter,
  merged: ReadonlyMap<string, string>,
  after: ReadonlyMap<Node | undefined, readonly Node[]>,
): Graph {
  const nodes = graph.nodes.flatMap((node) => [
    { ...node, inputs: node.inputs.map((input) => merged.get(input) ?? input) },
    ...(after.get(node) ?? []),
  ]);
  return {
    ...graph,
    nodes: [...(after.get(undefined) ?? []), ...nodes],
    initializers: new Map([...graph.initializers, ...emit.initializers]),
    values: new Map([...graph.values, ...emit.values]),
  };
}
