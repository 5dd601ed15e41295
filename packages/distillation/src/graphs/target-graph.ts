import { embedModel, GraphBuilder, type Model } from "@sunstep/onnx-graph";
import { layoutLength } from "../training/adapter-layout.js";
import { conditioningInputs } from "./conditioning.js";
import { emitGuided } from "./guided-teacher.js";
import { denoised, jump, noiseLevel } from "./jump.js";
import { batchShapes, comparedPrediction, type Objective } from "./objective.js";
import { studentConditioning, studentNetwork, teacherNetwork } from "./student.js";
import { PARAMETERS } from "./weights-from-input.js";

/**
 * Builds the graph of the student's targets. No gradient flows through it.
 *
 * Inputs, float32, B samples: `sample` x_t [B, C, H, W], `timestep` t, `teacher_timestep` t', `guidance_scale` w,
 * `alpha_bar`, `alpha_bar_teacher` and `alpha_bar_boundary` at t, t' and the stage's lower boundary b, and `inside`
 * (1 where t' > b, else 0), all [B]; the network's conditioning for the prompt, and for the negative prompt under
 * `conditioningName`; for the empty prompt too if `negativeStrength` is not 1; `parameters` of the averaged adapter if MSC
 * has a weight.
 *
 * Outputs: `cfg_target` = the guided prediction (`emitGuided`); `teacher_sample` = x_t', the guided DDIM step;
 * `msc_target` = the averaged student's jump from there to b, or x_t' itself at the boundary (Heek et al. 2024,
 * arXiv 2403.06807, algorithm 1).
 */
export function targetGraph(objective: Objective): Model {
  const { unet, prediction, layout, sizes, weights, negativeStrength: strength = 1 } = objective;
  const student = weights.msc > 0 ? studentNetwork(unet, sizes, layout) : undefined;
  const network = teacherNetwork(unet, sizes);
  const graph = new GraphBuilder({ name: "distillation targets", opsets: network.opsets });
  const shapes = batchShapes(objective);
  const perSample = (name: string) => graph.input(name, "float32", shapes.perSample);
  const sample = graph.input("sample", "float32", shapes.sample);
  const timestep = perSample("timestep");
  const positive = conditioningInputs(graph, network, "positive");
  const negative = conditioningInputs(graph, network, "negative");
  const guidance = perSample("guidance_scale");
  const here = noiseLevel(graph, perSample("alpha_bar"));
  const there = noiseLevel(graph, perSample("alpha_bar_teacher"));

  const prompts = {
    positive,
    negative,
    ...(strength !== 1 && { empty: conditioningInputs(graph, network, "empty") }),
  };
  const teacher = { sample, timestep, prompts, guidance };
  const guided = emitGuided(graph, unet, sizes, teacher, strength);
  graph.output("cfg_target", comparedPrediction(graph, objective, sample, guided, here));
  const teacherSample = jump(graph, denoised(graph, prediction, sample, guided, here), there);
  graph.output("teacher_sample", teacherSample);
  if (!student) return graph.build();

  const boundary = noiseLevel(graph, perSample("alpha_bar_boundary"));
  const inside = perSample("inside");
  const { out_sample: averaged } = embedModel(graph, student, {
    scope: "averaged",
    inputs: {
      sample: teacherSample,
      timestep: perSample("teacher_timestep"),
      ...studentConditioning(positive, negative),
      [PARAMETERS]: graph.input(PARAMETERS, "float32", [layoutLength(layout)]),
    },
  });
  const reached = jump(graph, denoised(graph, prediction, teacherSample, averaged!, there), boundary);
  const isInside = graph.op("Greater", [
    graph.op("Reshape", [inside, graph.ints([sizes.batch, 1, 1, 1])]),
    graph.scalar(0.5),
  ]);
  graph.output("msc_target", graph.op("Where", [isInside, reached, teacherSample]));
  return graph.build();
}
