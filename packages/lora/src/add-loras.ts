import type { NetworkName } from "@sunstep/checkpoint";
import {
  codeOfDataType,
  editGraph,
  type GraphIndex,
  indexGraph,
  int,
  type Model,
  type NodeEmitter,
  type Pass,
  type PassResult,
  type Value,
} from "@sunstep/onnx-graph";
import { emitUpdate } from "./emit-update.js";
import { loraError } from "./errors.js";
import type { Lora, LoraTarget } from "./read.js";

/** A LoRA, as `readLora` gives it, and how strongly to apply it. */
export interface ScaledLora {
  readonly lora: Lora;
  /** 1 is the LoRA as trained, 0 leaves it out. */
  readonly scale: number;
}

/**
 * Returns a pass that merges LoRAs into the weights of one network: W' = W + sum of scale * alpha / rank * up @ down.
 * Finds weights by their canonical names, and skips those that the graph lacks (text encoder layers that clip skip
 * leaves out).
 * @throws SunstepError LORA_SHAPE, LORA_SCALE
 */
export function addLoras(loras: readonly ScaledLora[], network: NetworkName): Pass {
  for (const { scale } of loras) {
    if (!Number.isFinite(scale))
      throw loraError("LORA_SCALE", `a LoRA's scale must be a finite number, is ${scale}`, { scale });
  }
  return {
    name: "addLoras",
    run: (model) => merge(model, updatesByModule(loras, network)),
  };
}

interface Update {
  readonly target: LoraTarget;
  readonly scale: number;
}

function updatesByModule(
  loras: readonly ScaledLora[],
  network: NetworkName,
): ReadonlyMap<string, readonly Update[]> {
  const updates = new Map<string, Update[]>();
  for (const { lora, scale } of loras) {
    if (scale === 0) continue;
    for (const target of lora.targets) {
      if (target.network !== network) continue;
      updates.set(target.module, [...(updates.get(target.module) ?? []), { target, scale }]);
    }
  }
  return updates;
}

/** Puts each sum in front of the first node that reads the weight, and lets all nodes read the sum. */
function merge(model: Model, updates: ReadonlyMap<string, readonly Update[]>): PassResult {
  const index = indexGraph(model.graph);
  const modules = new Map(
    [...updates.keys()]
      .filter((module) => model.graph.initializers.has(`${module}.weight`))
      .map((module) => [computedWeight(`${module}.weight`, index), module]),
  );
  const merged = new Map<string, string>();
  return editGraph(model, (node, emit) => {
    for (const input of node.inputs) {
      const module = modules.get(input);
      if (module !== undefined && !merged.has(input))
        merged.set(input, emitSum(emit, emit.value(input), module, updates.get(module)!).name);
    }
    if (!node.inputs.some((input) => merged.has(input))) return undefined;
    return [...emit.nodes, { ...node, inputs: node.inputs.map((input) => merged.get(input) ?? input) }];
  });
}

function emitSum(emit: NodeEmitter, weight: Value, module: string, updates: readonly Update[]): Value {
  return emit.scope(`${module}.lora`, () => {
    const total = updates.reduce(
      (partial, { target, scale }) =>
        emit.op("Add", [partial, emitUpdate(emit, target, scale, weight.shape)]),
      cast(emit, weight, "float32"),
    );
    return cast(emit, total, weight.dtype);
  });
}

/** Casts to `dtype`: tables that are read in their own type (token embeddings) keep it. */
function cast(emit: NodeEmitter, value: Value, dtype: Value["dtype"]): Value {
  return value.dtype === dtype ? value : emit.op("Cast", [value], { to: int(codeOfDataType(dtype)) });
}

/** Returns the value that layers read: the stored weight, or the result of its Cast or Transpose. */
function computedWeight(name: string, index: GraphIndex): string {
  const [reader, ...others] = index.consumers(name);
  const [output = ""] = reader?.outputs ?? [];
  const prepared = reader?.op === "Cast" || output.endsWith("/transposed");
  return prepared && others.length === 0 && index.useCount(name) === 1 ? computedWeight(output, index) : name;
}
