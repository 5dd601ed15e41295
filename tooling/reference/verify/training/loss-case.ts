// One evaluation of a distillation loss: teacher, targets, student, loss, and gradients by adapter and inputs.
import { gradients } from "@sunstep/autodiff";
import {
  adapterTensors,
  lossGraph,
  type Objective,
  stageSpan,
  targetGraph,
} from "@sunstep/distillation/training";
import { buildUNet } from "@sunstep/networks";
import { indexGraph, type Model, type Node } from "@sunstep/onnx-graph";
import type { Session } from "@sunstep/runtime";
import { forwardProcess } from "@sunstep/scheduler";
import { type Tensor, tensor } from "@sunstep/tensor";
import type { GoldenTensor } from "@sunstep/testing";
import { withSession } from "../session.js";
import { type Comparison, compareGroup } from "../tolerances.js";
import { distanceOf, type LossCase, type OpenCase } from "./training-set.js";

type Results = Record<string, Tensor>;

/** The network's own output within `lossGraph`. */
const STUDENT_OUTPUT = "student/out_sample";

export async function checkLossCase(open: OpenCase<LossCase>): Promise<void> {
  const { tensors } = open;
  const { suggested_tolerance: tolerance } = open.testCase;
  const { outputs, inputGradients, adapterGradients } = await evaluate(open);
  compareGroup(paired("out.", outputs, tensors), tolerance.outputs);
  compareGroup(paired("grad_in.", inputGradients, tensors), tolerance.input_gradients);
  compareGroup(paired("grad.", adapterGradients, tensors), tolerance.adapter_gradients);
  const [actual, expected] = [outputs.loss!, tensors.get("out.loss")!].map(({ data }) => Number(data[0]));
  if (!(Math.abs(actual! - expected!) <= tolerance.loss_relative * Math.abs(expected!)))
    throw new Error(`the loss is ${actual}, expected ${expected}`);
}

/** Pairs all stored tensors that have this prefix with the computed ones. */
function paired(
  prefix: string,
  results: Readonly<Results>,
  tensors: ReadonlyMap<string, GoldenTensor>,
): Comparison[] {
  const stored = [...tensors].filter(([key]) => key.startsWith(prefix));
  if (stored.length === 0) throw new Error(`the case has no ${prefix}*`);
  return stored.map(([key, expected]) => {
    const actual = results[key.slice(prefix.length)];
    if (!actual) throw new Error(`nothing here computes ${key}`);
    return [key, actual, expected];
  });
}

interface Evaluation {
  /** By what follows `out.`, `grad_in.` and `grad.` in the case's file. */
  readonly outputs: Results;
  readonly inputGradients: Results;
  readonly adapterGradients: Results;
}

async function evaluate(open: OpenCase<LossCase>): Promise<Evaluation> {
  const { testCase, unet, layout, sizes, prompt, negative } = open;
  const all = (value: number) => perSample(Array(sizes.batch).fill(value));
  const times = timesOf(open);
  const student = vector(open.student);
  const averaged = testCase.kind === "cfg" ? student : vector(open.averaged());
  const feeds: Results = {
    ...times.feeds,
    sample: stored(open, "in.x_t"),
    encoder_hidden_states: prompt,
    "negative/encoder_hidden_states": negative,
    guidance_scale: all(Number(stored(open, "in.guidance_scale").data[0])),
  };
  const objective: Objective = {
    unet,
    layout,
    sizes,
    weights: { cfg: { msc: 0, cfg: 1 }, msc: { msc: 1, cfg: 0 }, mixed: testCase.weights! }[testCase.kind],
    prediction: testCase.prediction_type,
    distance: distanceOf(open),
    ...(testCase.cfg_space && { cfgSpace: testCase.cfg_space }),
  };
  // Intermediate values do not depend on the loss. A jump to alphaBar = 1 ends at the clean sample, one to alphaBar = 0 at
  // the noise.
  const whole: Objective = { ...objective, weights: { msc: 1, cfg: 1 }, cfgSpace: "model_output" };

  const teacher = await withSession(buildUNet({ ...unet, ...sizes }), async (session) => {
    const predict = (text: Tensor) => runWith(session, { ...feeds, encoder_hidden_states: text });
    return { positive: await predict(prompt), negative: await predict(negative) };
  });
  const targets = await withSession(targetGraph(whole), async (session) => {
    const run = (more: Results = {}) => runWith(session, { ...feeds, parameters: averaged, ...more });
    return {
      ...(await run()),
      noise: (await run({ alpha_bar_teacher: all(0) })).teacher_sample!,
      clean: (await run({ alpha_bar_teacher: all(1) })).teacher_sample!,
    } as const;
  });
  const { teacher_sample: next, cfg_target: guided, msc_target: target } = targets as Results;
  const fixed = { ...feeds, cfg_target: guided!, msc_target: target! };
  const probe = withOutputs(lossGraph(whole), { output: STUDENT_OUTPUT, jump: comparedWith("msc_target") });
  const predicted = await withSession(probe, async (session) => {
    const run = (more: Results = {}) => runWith(session, { ...fixed, parameters: student, ...more });
    const moved = { parameters: averaged, sample: next!, timestep: feeds.teacher_timestep! };
    return {
      here: await run(),
      noise: (await run({ alpha_bar_boundary: all(0) })).jump!,
      clean: (await run({ alpha_bar_boundary: all(1) })).jump!,
      averaged: (await run(moved)).output!,
    };
  });

  const given =
    testCase.cfg_space === "epsilon"
      ? await withSession(targetGraph(objective), (session) =>
          runWith(session, { ...fixed, parameters: averaged }),
        )
      : {};
  const asked = { parameters: "parameters", sample: "sample", output: STUDENT_OUTPUT } as const;
  const differentiated = gradients(lossGraph(objective), {
    loss: "loss",
    withRespectTo: Object.values(asked),
  });
  const results = await withSession(differentiated, (session) =>
    runWith(session, { ...fixed, ...given, parameters: student }),
  );
  const gradient = (name: keyof typeof asked) => results[`grad/${asked[name]}`]!;

  const short = testCase.prediction_type === "epsilon" ? "eps" : "v";
  return {
    outputs: {
      eps_hat: targets.noise,
      x0_hat: targets.clean,
      eps_student: predicted.noise,
      x0_student: predicted.clean,
      [`${short}_pos`]: teacher.positive.out_sample!,
      [`${short}_neg`]: teacher.negative.out_sample!,
      [`${short}_hat`]: guided!,
      [`${short}_student`]: predicted.here.output!,
      [`${short}_ema`]: onlyRows(predicted.averaged, times.inside),
      ...times.outputs,
      x_t_prev: next!,
      target: target!,
      student_jump: predicted.here.jump!,
      ...Object.fromEntries(Object.entries(results).filter(([name]) => name.startsWith("loss"))),
    },
    inputGradients: { x_t: gradient("sample"), [`${short}_student`]: gradient("output") },
    adapterGradients: Object.fromEntries(
      adapterTensors(layout, gradient("parameters").data as Float32Array).map(({ name, shape, data }) => [
        name,
        tensor(data, shape),
      ]),
    ),
  };
}

/** Returns the targets of the jumps from the case's timesteps, as graph inputs and under the set's names. */
function timesOf(open: OpenCase<LossCase>) {
  const { constants, schedulerConfig } = open;
  const { alphasCumprod, finalAlphaCumprod } = forwardProcess(schedulerConfig);
  const timesteps = Array.from(open.tensors.get("in.timesteps")!.data, Number);
  const stages = {
    boundaries: constants.stage_boundaries.slice(1),
    teacherStride: constants.teacher_step,
  };
  const spans = timesteps.map((t) => stageSpan(t, stages));
  const teacher = spans.map((span) => span.teacher);
  const boundary = spans.map((span) => span.boundary);
  const inside = spans.map((span) => span.teacher > span.boundary);
  const alphaBar = (t: number) => (t < 0 ? finalAlphaCumprod : alphasCumprod[t]!);
  const levels = {
    abar_t: perSample(timesteps.map(alphaBar)),
    abar_t_prev: perSample(teacher.map(alphaBar)),
    abar_boundary: perSample(boundary.map(alphaBar)),
  };
  return {
    inside,
    feeds: {
      timestep: perSample(timesteps),
      teacher_timestep: perSample(teacher),
      alpha_bar: levels.abar_t,
      alpha_bar_teacher: levels.abar_t_prev,
      alpha_bar_boundary: levels.abar_boundary,
      inside: perSample(inside.map(Number)),
    },
    outputs: {
      ...levels,
      t_prev: perSample(teacher),
      boundary: perSample(boundary),
      inside: perSample(inside.map(Number)),
    },
  };
}

function stored({ tensors }: OpenCase, name: string): Tensor<"float32"> {
  const { data, shape } = tensors.get(name)!;
  return tensor(data as Float32Array, shape);
}

const perSample = (values: readonly number[]) => tensor(Float32Array.from(values), [values.length]);
const vector = (values: Float32Array) => tensor(values, [values.length]);

/** Runs a model on the feeds that it has inputs for. */
function runWith(session: Session, feeds: Readonly<Results>): Promise<Results> {
  return session.run(Object.fromEntries(session.inputs.map(({ name }) => [name, feeds[name]!])));
}

/** Finds the value that `target` is subtracted from. */
const comparedWith =
  (target: string) =>
  ({ graph }: Model): string => {
    const [node] = indexGraph(graph).consumers(target);
    if (node?.op !== "Sub" || node.inputs[1] !== target)
      throw new Error(`nothing is compared with ${target}`);
    return node.inputs[0]!;
  };

/** Exposes values of the graph, named or found in it, as further outputs. */
function withOutputs(
  model: Model,
  wanted: Readonly<Record<string, string | ((model: Model) => string)>>,
): Model {
  const { graph } = model;
  const index = indexGraph(graph);
  const added = Object.entries(wanted).map(([name, value]) => {
    const input = typeof value === "string" ? value : value(model);
    const node: Node = { name, op: "Identity", domain: "", inputs: [input], outputs: [name], attributes: {} };
    return { output: { name, ...index.type(input)! }, node };
  });
  return {
    ...model,
    graph: {
      ...graph,
      nodes: [...graph.nodes, ...added.map(({ node }) => node)],
      outputs: [...graph.outputs, ...added.map(({ output }) => output)],
    },
  };
}

/** Zeros where a row is not chosen. */
function onlyRows({ data, shape }: Tensor, chosen: readonly boolean[]): Tensor<"float32"> {
  const size = data.length / chosen.length;
  return tensor(
    (data as Float32Array).map((value, i) => (chosen[Math.floor(i / size)] ? value : 0)),
    shape,
  );
}
