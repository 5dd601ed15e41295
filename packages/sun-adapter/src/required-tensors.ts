import { CONTEXT_INPUT, type Model, staticShape } from "@sunstep/onnx-graph";
import { EXTRA_POSITIVE, NEGATIVE } from "./layers.js";
import { crossAttentionsInOrder } from "./processor-order.js";
import type { SunAdapter, SunBranch } from "./sun-adapter.js";

/** A weight that an adapter for a U-Net must have. */
export interface RequiredTensor {
  /** Its name in the file: "1.to_k_neg.weight". */
  readonly name: string;
  readonly shape: readonly number[];
  readonly part: keyof SunBranch;
  /** Name of the cross-attention's node in the graph. */
  readonly attention: string;
}

/**
 * Lists the weights of an adapter for this U-Net, in the order of the authors' files. `contextInput` is the graph's
 * input for the encoded prompt.
 */
export function requiredTensors(
  { graph }: Model,
  variant: SunAdapter["variant"],
  contextInput: string = CONTEXT_INPUT,
): readonly RequiredTensor[] {
  const prompt = graph.inputs.find(({ name }) => name === contextInput);
  const contextChannels = staticShape(prompt?.shape)?.at(-1) ?? 0;
  const branches = variant === "add_pos" ? [NEGATIVE, EXTRA_POSITIVE] : [NEGATIVE];
  return crossAttentionsInOrder(graph, contextInput).flatMap(({ node, channels }, i) =>
    branches.flatMap((names) =>
      (Object.keys(names) as (keyof SunBranch)[]).map((part) => ({
        name: `${2 * i + 1}.${names[part]}`,
        shape: part === "key" || part === "value" ? [channels, contextChannels] : [channels],
        part,
        attention: node.name,
      })),
    ),
  );
}
