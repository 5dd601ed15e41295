import { embedModel, GraphBuilder, type Model, type Value } from "@sunstep/onnx-graph";
import { layoutLength } from "../training/adapter-layout.js";
import { conditioningInputs } from "./conditioning.js";
import { emitDistance } from "./distance.js";
import { denoised, jump, noiseLevel } from "./jump.js";
import { batchShapes, comparedPrediction, type Objective } from "./objective.js";
import { studentConditioning, studentNetwork, teacherNetwork } from "./student.js";
import { PARAMETERS } from "./weights-from-input.js";

/**
 * Builds the graph of the student's single evaluation and its distance to the targets.
 *
 * Inputs, float32: `sample`, `timestep`, both prompts' conditioning, `alpha_bar` and, with MSC, `alpha_bar_boundary` and `msc_target` as in `targetGraph`; `cfg_target` with guidance distillation; `parameters`.
 * Outputs, scalars: `loss_msc` and `loss_cfg`, each if it has a weight, and `loss`, their weighted sum.
 */
export function lossGraph(objective: Objective): Model {
  const { unet, prediction, layout, sizes, weights, distance } = objective;
  const network = teacherNetwork(unet, sizes);
  const student = studentNetwork(unet, sizes, layout);
  const graph = new GraphBuilder({ name: "distillation loss", opsets: student.opsets });
  const shapes = batchShapes(objective);
  const sample = graph.input("sample", "float32", shapes.sample);
  const { out_sample: output } = embedModel(graph, student, {
    scope: "student",
    inputs: {
      sample,
      timestep: graph.input("timestep", "float32", shapes.perSample),
      ...studentConditioning(
        conditioningInputs(graph, network, "positive"),
        conditioningInputs(graph, network, "negative"),
      ),
      [PARAMETERS]: graph.input(PARAMETERS, "float32", [layoutLength(layout)]),
    },
  });
  const here = noiseLevel(graph, graph.input("alpha_bar", "float32", shapes.perSample));
  const terms: Value[] = [];
  const term = (name: string, weight: number, actual: Value, target: string) => {
    const loss = emitDistance(graph, distance, actual, graph.input(target, "float32", actual.shape));
    graph.output(name, loss);
    terms.push(graph.op("Mul", [graph.scalar(weight), loss]));
  };
  if (weights.msc > 0) {
    const boundary = noiseLevel(graph, graph.input("alpha_bar_boundary", "float32", shapes.perSample));
    const reached = jump(graph, denoised(graph, prediction, sample, output!, here), boundary);
    term("loss_msc", weights.msc, reached, "msc_target");
  }
  if (weights.cfg > 0) {
    const compared = comparedPrediction(graph, objective, sample, output!, here);
    term("loss_cfg", weights.cfg, compared, "cfg_target");
  }
  graph.output(
    "loss",
    terms.reduce((sum, next) => graph.op("Add", [sum, next])),
  );
  return graph.build();
}
