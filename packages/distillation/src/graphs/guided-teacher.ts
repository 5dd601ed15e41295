import type { Component, UNetConfig } from "@sunstep/checkpoint";
import { embedModel, type GraphBuilder, int, type Value } from "@sunstep/onnx-graph";
import { type ConditioningValues, joinConditionings, type PromptRole } from "./conditioning.js";
import { type BatchSizes, teacherNetwork } from "./student.js";

/** The teacher's inputs for B samples. */
export interface TeacherInputs {
  /** x_t, [B, channels, height, width] */
  readonly sample: Value;
  /** [B] */
  readonly timestep: Value;
  /** Encoded prompts, B of each. `empty` is present if negative prompts have a strength other than 1. */
  readonly prompts: Readonly<Record<Exclude<PromptRole, "empty">, ConditioningValues>> & {
    readonly empty?: ConditioningValues;
  };
  /** w, [B] */
  readonly guidance: Value;
}

/**
 * Emits the guided prediction neg + w (pos - neg) (Ho and Salimans 2022, arXiv 2207.12598, with w + 1 for w); one run of
 * the network covers all prompts. A `strength` s other than 1 scales the negative prompt's difference from the empty one:
 * pos + (w - 1) (pos - empty - s (neg - empty)).
 */
export function emitGuided(
  graph: GraphBuilder,
  unet: Component<UNetConfig>,
  sizes: BatchSizes,
  { sample, timestep, prompts: { positive, negative, empty }, guidance }: TeacherInputs,
  strength = 1,
): Value {
  const prompts = [negative, positive, ...(empty ? [empty] : [])];
  const repeated = (value: Value) =>
    graph.op(
      "Concat",
      prompts.map(() => value),
      { axis: int(0) },
    );
  const network = teacherNetwork(unet, { ...sizes, batch: prompts.length * sizes.batch });
  const { out_sample: all } = embedModel(graph, network, {
    scope: "teacher",
    inputs: {
      sample: repeated(sample),
      timestep: repeated(timestep),
      ...joinConditionings(graph, prompts),
    },
  });
  const parts = graph.ints(prompts.map(() => sizes.batch));
  const predictions = graph.ops("Split", [all, parts], prompts.length, { axis: int(0) });
  const [unwanted, wanted, neutral] = predictions as [Value, Value, Value?];
  const scale = graph.op("Reshape", [guidance, graph.ints([sizes.batch, 1, 1, 1])]);
  if (!neutral) {
    const towards = graph.op("Mul", [scale, graph.op("Sub", [wanted, unwanted])]);
    return graph.op("Add", [unwanted, towards]);
  }
  const away = graph.op("Mul", [graph.scalar(strength), graph.op("Sub", [unwanted, neutral])]);
  const direction = graph.op("Sub", [graph.op("Sub", [wanted, neutral]), away]);
  const beyond = graph.op("Sub", [scale, graph.scalar(1)]);
  return graph.op("Add", [wanted, graph.op("Mul", [beyond, direction])]);
}
