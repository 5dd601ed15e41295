import type { NegativeMethodSpec } from "@sunstep/accelerations";
import { emojiDefaults } from "@sunstep/emoji-model";
import { type SchedulerConfig, schedulerPreset } from "@sunstep/scheduler";

/** Settings that turn noise into images. */
export interface Sampler {
  readonly scheduler: "dpm++2m" | "ddim";
  readonly steps: number;
  /** 1 means no guidance: one network evaluation per step. */
  readonly guidanceScale: number;
  readonly sun: boolean;
  /** Few-step samplers use SUN's timesteps, the last of each of `steps` equal parts; the 25 steps are diffusers' own. */
  readonly spacing: "linspace" | "trailing";
  /** Decodes with the tiny autoencoder instead of the VAE. */
  readonly tinyDecoder?: true;
  /** Samples with the studio's LCM-style adapter. */
  readonly lcm?: true;
  /** Reads negative prompts in the network's attention. */
  readonly negative?: NegativeMethodSpec;
}

/** The teacher that SUN is measured against: 25 steps of DPM-Solver++ (2M) with guidance. */
export const TEACHER: Sampler = {
  scheduler: "dpm++2m",
  steps: 25,
  guidanceScale: emojiDefaults.guidanceScale,
  sun: false,
  spacing: "linspace",
};

export const guided = (scheduler: Sampler["scheduler"], steps: number): Sampler => ({
  scheduler,
  steps,
  guidanceScale: TEACHER.guidanceScale,
  sun: false,
  spacing: "trailing",
});

export const unguided = (steps: number): Sampler => ({ ...guided("dpm++2m", steps), guidanceScale: 1 });

export const sun = (scheduler: Sampler["scheduler"], steps: number): Sampler => ({
  scheduler,
  steps,
  guidanceScale: 0,
  sun: true,
  spacing: "trailing",
});

export const withTinyDecoder = (sampler: Sampler): Sampler => ({ ...sampler, tinyDecoder: true });

/** Returns diffusers' config of the sampler's scheduler. DDIM must not clip: latents are not confined to -1 to 1. */
export function schedulerConfig(sampler: Sampler, base: SchedulerConfig): SchedulerConfig {
  const ddim = { clip_sample: false, set_alpha_to_one: true, steps_offset: 0 };
  return {
    ...schedulerPreset(sampler.scheduler, base),
    ...(sampler.scheduler === "ddim" && ddim),
    timestep_spacing: sampler.spacing,
  };
}
