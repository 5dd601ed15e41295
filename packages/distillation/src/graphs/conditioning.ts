import { type GraphBuilder, int, type Model, staticShape, type Value } from "@sunstep/onnx-graph";

/** Values by the network's names of its conditioning: every input except the sample and its timestep. */
export type ConditioningValues = Readonly<Record<string, Value>>;

/** The encoded prompts of a step. `empty` is the empty prompt. */
export type PromptRole = "positive" | "negative" | "empty";

/** Returns a training graph's name of one conditioning input: the network's own for the prompt, prefixed for the others. */
export function conditioningName(role: PromptRole, input: string): string {
  return role === "positive" ? input : `${role}/${input}`;
}

/** Adds the network's conditioning inputs to a training graph, for one of the prompts. */
export function conditioningInputs(
  graph: GraphBuilder,
  network: Model,
  role: PromptRole,
): ConditioningValues {
  const inputs = network.graph.inputs.filter(({ name }) => name !== "sample" && name !== "timestep");
  return Object.fromEntries(
    inputs.map(({ name, shape }) => [
      name,
      graph.input(conditioningName(role, name), "float32", staticShape(shape)!),
    ]),
  );
}

/** Emits the conditionings of several prompts, joined along the batch axis. */
export function joinConditionings(
  graph: GraphBuilder,
  prompts: readonly ConditioningValues[],
): ConditioningValues {
  return Object.fromEntries(
    Object.keys(prompts[0]!).map((name) => [
      name,
      graph.op(
        "Concat",
        prompts.map((prompt) => prompt[name]!),
        { axis: int(0) },
      ),
    ]),
  );
}
