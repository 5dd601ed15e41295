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
import { loraError } from "../errors.js";
import type { Lora, LoraTarget } from "../lora.js";
import { emitChange } from "./emit-change.js";
import { checkFits } from "./update-size.js";

/** A LoRA, as `readLora` gives it, and how strongly to apply it. */
export interface ScaledLora {
  readonly lora: Lora;
  /** 1 is the LoRA as trained, 0 leaves it out. */
  readonly scale: number;
}

/**
 * Returns a pass that merges LoRAs into the weights of one network: W' = W + the sum of scale * (W'(1) - W), where each
 * LoRA's W'(1) is made of the model's own W: their order does not count. Finds weights by their canonical names, and skips
 * those that the graph lacks (text encoder layers that clip skip leaves out).
 * @throws SunstepError LORA_SHAPE, LORA_SCALE
 */
export function addLoras(loras: readonly ScaledLora[], network: NetworkName): Pass {
  for (const { scale } of loras) {
    if (!Number.isFinite(scale))
      throw loraError("LORA_SCALE", `a LoRA's scale must be a finite number, is ${scale}`, { scale });
  }
  return {
    name: "addLoras",
    run: (model) => merge(model, updatesByParameter(loras, network)),
  };
}

interface ScaledTarget {
  readonly target: LoraTarget;
  readonly scale: number;
}

function updatesByParameter(
  loras: readonly ScaledLora[],
  network: NetworkName,
): ReadonlyMap<string, readonly ScaledTarget[]> {
  const updates = new Map<string, ScaledTarget[]>();
  for (const { lora, scale } of loras) {
    if (scale === 0) continue;
    for (const target of lora.targets) {
      if (target.network !== network) continue;
      updates.set(target.parameter, [...(updates.get(target.parameter) ?? []), { target, scale }]);
    }
  }
  return updates;
}

/** Puts each sum in front of the first node that reads the weight, and lets all nodes read the sum. */
function merge(model: Model, updates: ReadonlyMap<string, readonly ScaledTarget[]>): PassResult {
  const index = indexGraph(model.graph);
  const parameters = new Map(
    [...updates.keys()]
      .filter((parameter) => model.graph.initializers.has(parameter))
      .map((parameter) => [computedWeight(parameter, index), parameter]),
  );
  const merged = new Map<string, string>();
  return editGraph(model, (node, emit) => {
    for (const input of node.inputs) {
      const parameter = parameters.get(input);
      if (parameter !== undefined && !merged.has(input))
        merged.set(input, emitSum(emit, emit.value(input), parameter, updates.get(parameter)!).name);
    }
    if (!node.inputs.some((input) => merged.has(input))) return undefined;
    return [...emit.nodes, { ...node, inputs: node.inputs.map((input) => merged.get(input) ?? input) }];
  });
}

function emitSum(
  emit: NodeEmitter,
  weight: Value,
  parameter: string,
  updates: readonly ScaledTarget[],
): Value {
  for (const { target } of updates) checkFits(target, weight.shape);
  return emit.scope(`${parameter.replace(/\.weight$/, "")}.lora`, () => {
    const base = cast(emit, weight, "float32");
    const total = updates.reduce(
      (partial, { target, scale }) => emit.op("Add", [partial, emitChange(emit, base, target, scale)]),
      base,
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
