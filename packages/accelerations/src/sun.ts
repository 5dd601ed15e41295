import {
  type Acceleration,
  type Adapter,
  type Conditioning,
  identityOf,
  noGuidance,
  type RequestSettings,
} from "@sunstep/pipeline";
import { methodConfig } from "@sunstep/scheduler";
import { addSunAdapter, type SunAdapter, type SunNorm } from "@sunstep/sun-adapter";
import { tensor, zeros } from "@sunstep/tensor";
import { accelerationError } from "./errors.js";

export interface SunOptions {
  /** The adapter's name in messages and in the text that images carry. Default: the name of its file. */
  readonly label?: string;
  /** Strength: 1 (default) is the adapter as trained, 0 off. */
  readonly scale?: number;
  /**
   * The tokens that ControlNets read: those of the prompt (default), or, as in the authors' pipeline, those of the prompt and
   * the negative prompt in a row.
   */
  readonly controlTokens?: "prompt" | "both";
  /** Normalizes each image of a batch separately (default) or, as in the authors' code, all together. */
  readonly norm?: SunNorm;
}

export interface SunAcceleration extends Acceleration {
  readonly name: "sun";
  readonly label: string;
  /** Returns the same adapter at another strength, which needs no reload. */
  withScale(scale: number): SunAcceleration;
}

/** DPM-Solver++ of the second order at trailing timesteps, as the authors sample. Every option is set. */
const solver = {
  algorithm_type: "dpmsolver++",
  solver_order: 2,
  solver_type: "midpoint",
  timestep_spacing: "trailing",
  lower_order_final: true,
  final_sigmas_type: "zero",
};

/**
 * SpeedUpNet (arXiv 2312.08887): four evaluations without guidance; its branch of the U-Net reads the negative prompt.
 * @throws SunstepError ACCELERATION_SCALE
 */
export function sun(adapter: SunAdapter, options: SunOptions = {}): SunAcceleration {
  const { label = adapter.file, scale = 1, norm = "sample", controlTokens = "prompt" } = options;
  checkScale(label, scale);
  return {
    name: "sun",
    label,
    withScale: (other) => sun(adapter, { ...options, scale: other }),
    defaults: {
      steps: 4,
      guidanceScale: 0,
      scheduler: (model, preset) =>
        preset
          ? { ...preset, timestep_spacing: "trailing" }
          : methodConfig(model, "DPMSolverMultistepScheduler", solver),
    },
    adapter: branch(adapter, norm),
    guidance: noGuidance,
    readsNegative: true,
    condition: ({ positive, negative }) => ({
      positive: {
        ...positive,
        negative_hidden_states: negative!.encoder_hidden_states!,
        sun_scale: tensor(Float32Array.of(scale), [1]),
      },
      ...(controlTokens === "both" && { control: joinTokens(positive, negative!) }),
    }),
    check: refuseGuidance,
    parameters: () => ({ SUN: label, "SUN scale": scale }),
  };
}

/** The conditioning of the prompt with the tokens of the negative prompt after its own. */
function joinTokens(positive: Conditioning, negative: Conditioning): Conditioning {
  const [first, second] = [positive.encoder_hidden_states!, negative.encoder_hidden_states!];
  const [, tokens = 0, width = 0] = first.shape;
  const data = new Float32Array(first.data.length + second.data.length);
  data.set(first.data);
  data.set(second.data, first.data.length);
  return { ...positive, encoder_hidden_states: tensor(data, [1, tokens + second.shape[1]!, width]) };
}

export function isSunAcceleration(acceleration: Acceleration): acceleration is SunAcceleration {
  return acceleration.name === "sun" && "withScale" in acceleration;
}

/** The adapter's branch in the U-Net. At a scale of 0 it vanishes, and the plain network is left. */
function branch(adapter: SunAdapter, norm: SunNorm): Adapter {
  return {
    key: `sun ${identityOf(adapter)} ${norm}`,
    passes: (network, { negative_hidden_states }) =>
      network === "unet"
        ? [addSunAdapter(adapter, { norm, negativeTokens: negative_hidden_states![1]! })]
        : [],
    off: ({ encoder_hidden_states, negative_hidden_states = encoder_hidden_states! }) => ({
      negative_hidden_states: zeros(negative_hidden_states),
      sun_scale: zeros([1]),
    }),
    mixesBatch: norm === "batch",
  };
}

function refuseGuidance({ guidanceScale }: RequestSettings): [] {
  if (guidanceScale <= 1) return [];
  throw accelerationError(
    "ACCELERATION_GUIDANCE",
    `guidanceScale ${guidanceScale}: SUN does in one evaluation what guidance does in two; leave guidanceScale out, or set acceleration to false`,
    { option: "guidanceScale", value: guidanceScale },
  );
}

function checkScale(label: string, scale: number): void {
  if (Math.abs(scale) <= 10) return;
  throw accelerationError(
    "ACCELERATION_SCALE",
    `scale ${scale} of ${label}: must be a number from -10 to 10`,
    {
      label,
      scale,
    },
  );
}
