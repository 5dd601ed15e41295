// Several training steps: losses, and the optimizer's whole state after the last one.
import { adapterTensors, Trainer } from "@sunstep/distillation/training";
import { type Tensor, tensor } from "@sunstep/tensor";
import { runtime } from "../session.js";
import { type Comparison, compareGroup } from "../tolerances.js";
import { type AdamWCase, distanceOf, type OpenCase } from "./training-set.js";

/** The set's names of the state's vectors. */
const parts = { param: "parameters", exp_avg: "moment1", exp_avg_sq: "moment2", ema: "ema" } as const;

export async function checkAdamWCase(open: OpenCase<AdamWCase>): Promise<void> {
  const { testCase, tensors, layout } = open;
  const { suggested_tolerance: tolerance } = testCase;
  const { losses, norms, state } = await train(open);
  compareEach("loss", losses, tensors.get("out.loss")!.data, tolerance.loss_relative);
  compareEach("gradient norm", norms, tensors.get("out.grad_norm")!.data, tolerance.grad_norm_relative);
  for (const [name, part] of Object.entries(parts) as [
    keyof typeof parts,
    (typeof parts)[keyof typeof parts],
  ][]) {
    const group = adapterTensors(layout, state[part]).map(({ name: weight, shape, data }): Comparison => {
      const key = `out.${name}.${weight}`;
      return [key, tensor(data, shape), tensors.get(key)!];
    });
    compareGroup(group, tolerance[name]);
  }
}

async function train(open: OpenCase<AdamWCase>) {
  const { testCase, tensors, constants, student, sizes, unet, schedulerConfig, prompt, negative } = open;
  const { optimizer, batches, batch: count } = testCase;
  const trainer = await Trainer.create(
    {
      ...sizes,
      runtime: await runtime(),
      unet,
      schedulerConfig,
      variant: testCase.add_pos ? "add_pos" : "plain",
      distance: distanceOf(open),
      weights: { msc: 0, cfg: 1 },
      ...(testCase.cfg_space && { cfgSpace: testCase.cfg_space }),
      boundaries: constants.stage_boundaries.slice(1),
      teacherStride: constants.teacher_step,
      adamw: {
        betas: optimizer.betas,
        epsilon: optimizer.eps,
        weightDecay: optimizer.weight_decay,
        clipNorm: optimizer.clip_grad_norm,
        emaDecay: optimizer.ema_decay,
      },
    },
    {
      step: 0,
      parameters: student,
      moment1: student.map(() => 0),
      moment2: student.map(() => 0),
      ema: student.slice(),
    },
  );
  try {
    const [losses, norms]: [number[], number[]] = [[], []];
    for (const i of batches.keys()) {
      const input = (name: string) => tensors.get(`in.${i}.${name}`)!.data;
      const { loss, gradientNorm } = await trainer.step(
        {
          sample: input("x_t") as Float32Array,
          timesteps: Array.from(input("timesteps"), Number),
          positive: { encoder_hidden_states: prompt },
          negative: { encoder_hidden_states: negative },
          guidance: Array(count).fill(Number(input("guidance_scale")[0])),
        },
        optimizer.lr,
      );
      losses.push(loss);
      norms.push(gradientNorm);
    }
    return { losses, norms, state: await trainer.state() };
  } finally {
    await trainer.dispose();
  }
}

function compareEach(
  what: string,
  actual: readonly number[],
  expected: Tensor["data"],
  relative: number,
): void {
  if (actual.length !== expected.length)
    throw new Error(`${actual.length} steps, expected ${expected.length}`);
  actual.forEach((value, i) => {
    const wanted = Number(expected[i]);
    if (!(Math.abs(value - wanted) <= relative * Math.abs(wanted)))
      throw new Error(`step ${i + 1}: ${what} ${value}, expected ${wanted}`);
  });
}
