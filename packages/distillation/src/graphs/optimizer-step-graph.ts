import { type GradientOptions, gradients } from "@sunstep/autodiff";
import { embedModel, GraphBuilder, type Model } from "@sunstep/onnx-graph";
import { type AdamWOptions, emitAdamW } from "./adamw.js";
import { PARAMETERS } from "./weights-from-input.js";

/** The vectors that a step reads and updates. */
export const STATE = ["parameters", "moment1", "moment2", "ema"] as const;

/** Returns the name of the output that holds the next value of a state vector. */
export const nextName = (part: (typeof STATE)[number]): string => `next/${part}`;

/**
 * Builds one training step for any graph with an input `parameters`, a vector, and an output `loss`: gradient, clipping,
 * AdamW and the moving average.
 *
 * Inputs: the graph's, the rest of the state, and `learning_rate`, `correction1`, `correction2` [1] (`AdamWInputs`).
 * Outputs: the graph's, `gradient_norm`, and the state under `nextName`. The backward pass keeps the values of `checkpoint`
 * and computes the others again.
 */
export function optimizerStepGraph(
  model: Model,
  optimizer: AdamWOptions,
  memory: Pick<GradientOptions, "checkpoint"> = {},
): Model {
  const differentiated = gradients(model, { loss: "loss", withRespectTo: [PARAMETERS], ...memory });
  const graph = new GraphBuilder({ name: "optimizer step", opsets: differentiated.opsets });
  const inputs = graph.inputsOf(differentiated);
  const parameters = inputs[PARAMETERS]!;
  const vector = (name: string) => graph.input(name, "float32", parameters.shape);
  const number = (name: string) => graph.input(name, "float32", [1]);
  const { [`grad/${PARAMETERS}`]: gradient, ...losses } = embedModel(graph, differentiated, {
    scope: "loss",
    inputs,
  });
  const { gradientNorm, ...next } = emitAdamW(
    graph,
    {
      gradient: gradient!,
      parameters,
      moment1: vector("moment1"),
      moment2: vector("moment2"),
      ema: vector("ema"),
      learningRate: number("learning_rate"),
      correction1: number("correction1"),
      correction2: number("correction2"),
    },
    optimizer,
  );
  for (const [name, value] of Object.entries(losses)) graph.output(name, value);
  graph.output("gradient_norm", gradientNorm);
  for (const part of STATE) graph.output(nextName(part), next[part]);
  return graph.build();
}
