// Residuals of ControlNets, and the U-Net's prediction with them. A case of several has their sums.
import type { Component, ControlNetConfig, UNetConfig } from "@sunstep/checkpoint";
import {
  addResiduals,
  buildControlNet,
  buildResidualSum,
  residualNames,
  residualScales,
  residualShapes,
} from "@sunstep/networks";
import { type Tensor, tensor } from "@sunstep/tensor";
import type { KindChecker } from "@sunstep/testing";
import { type Golden, openGolden } from "../golden.js";
import { openControl, openUNet } from "../models.js";
import { addedFeeds, named, runUNet } from "../networks.js";
import { runOnce } from "../session.js";

interface ControlNetCase {
  readonly model: string;
  readonly file: string;
  readonly outputs: readonly string[];
  readonly atol: number;
  readonly guessMode?: boolean;
  /** A folder or a single file. */
  readonly controlnet?: string;
  readonly configs?: string;
  readonly controlnets?: readonly string[];
}

export const kind: KindChecker = {
  kind: "controlnet",
  check: (testCase, dir) => checkCase(testCase as unknown as ControlNetCase, dir),
};

export const severalKind: KindChecker = { ...kind, kind: "controlnets" };

async function checkCase(given: ControlNetCase, dir: string): Promise<void> {
  const golden = openGolden(dir, given.file);
  const { controlnet, configs, controlnets = [controlnet!], guessMode = false } = given;
  const all: Tensor[][] = [];
  for (const [i, model] of controlnets.entries()) {
    const opened = await openControl(dir, { model, ...(configs && { configs }) });
    all.push(await residualsOf(opened, golden, given.controlnets ? `.${i}` : "", guessMode));
  }
  const [first, second] = all;
  const residuals = second ? await sumOf(first!, second) : first!;
  const results = {
    mid: residuals.at(-1)!,
    ...Object.fromEntries(residuals.slice(0, -1).map((residual, i) => [`down.${i}`, residual])),
    ...(given.outputs.includes("out.eps") && {
      eps: await predict(await openUNet(dir, given.model), golden, residuals),
    }),
  };
  for (const output of given.outputs) golden.compare(output, named(results, output), given.atol);
}

/** The U-Net's prediction with residuals. */
function predict(unet: Component<UNetConfig>, golden: Golden, residuals: readonly Tensor[]): Promise<Tensor> {
  const [batch = 1, , height = 1, width = 1] = golden.input("sample").shape;
  const { inputs } = residualNames(residuals.length - 1);
  return runUNet({
    unet,
    golden,
    prompt: golden.input("encoder_hidden_states"),
    passes: [addResiduals(residualShapes(unet.config, { batch, height, width }))],
    moreFeeds: Object.fromEntries(inputs.map((name, i) => [name, residuals[i]!])),
  });
}

/** Runs a ControlNet on the inputs whose names end in `suffix`. A file may have one control image for each sample. */
async function residualsOf(
  controlnet: Component<ControlNetConfig>,
  golden: Golden,
  suffix: string,
  guessMode: boolean,
): Promise<Tensor[]> {
  const sample = golden.input("sample");
  const prompt = golden.input("encoder_hidden_states");
  const [batch = 1, , height = 1, width = 1] = sample.shape;
  const model = buildControlNet({ ...controlnet, batch, height, width, tokens: prompt.shape[1] ?? 1 });
  const { outputs } = residualNames(model.graph.outputs.length - 1);
  const scale = Number(golden.input(`conditioning_scale${suffix}`).data[0]);
  const results = await runOnce(model, {
    sample,
    timestep: golden.timesteps(batch),
    encoder_hidden_states: prompt,
    ...addedFeeds(golden),
    controlnet_cond: firstImage(golden.input(`controlnet_cond${suffix}`)),
    conditioning_scale: tensor(residualScales(outputs.length, scale, guessMode), [outputs.length]),
  });
  return outputs.map((name) => results[name]!);
}

/** All samples of the cases have one control image. */
function firstImage({ data, shape }: Tensor): Tensor {
  const [batch = 1, ...rest] = shape;
  const size = data.length / batch;
  if (!data.every((value, i) => value === data[i % size])) throw new Error("control images differ");
  return tensor((data as Float32Array).slice(0, size), [1, ...rest]);
}

async function sumOf(some: readonly Tensor[], others: readonly Tensor[]): Promise<Tensor[]> {
  const names = some.map((_, i) => `residual.${i}`);
  const shapes = Object.fromEntries(names.map((name, i) => [name, some[i]!.shape]));
  const feeds = names.flatMap((name, i) => [
    [`${name}.0`, some[i]!] as const,
    [`${name}.1`, others[i]!] as const,
  ]);
  const sums = await runOnce(buildResidualSum(shapes), Object.fromEntries(feeds));
  return names.map((name) => sums[name]!);
}
