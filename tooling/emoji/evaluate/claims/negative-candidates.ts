// The methods for negative prompts at 4 steps, and the strengths from which each is chosen.
import type { NegativeMethodSpec } from "@sunstep/accelerations";
import { guided, type Sampler, sun, TEACHER, unguided } from "../images/sampler.js";

/** A sampler of few steps that negative prompts are added to. */
export interface Base {
  readonly name: string;
  readonly sampler: Sampler;
}

export const BASES: readonly Base[] = [
  { name: "plain", sampler: unguided(4) },
  { name: "LCM-style", sampler: { ...unguided(4), lcm: true } },
];

/** A method at one strength. */
export interface Candidate {
  readonly strength: string;
  readonly sampler: Sampler;
  /** The sampler of images without a negative prompt. */
  readonly without: Sampler;
}

export interface Method {
  readonly name: string;
  readonly candidates: readonly Candidate[];
}

const specs: Readonly<Record<string, readonly NegativeMethodSpec[]>> = {
  NAG: [
    { method: "nag", scale: 5, tau: 2.5, alpha: 0.25 },
    { method: "nag", scale: 3, tau: 2.5, alpha: 0.5 },
    { method: "nag", scale: 5, tau: 2.5, alpha: 0.5 },
    { method: "nag", scale: 8, tau: 5, alpha: 0.5 },
    { method: "nag", scale: 11, tau: 5, alpha: 0.8 },
  ],
  NASA: [0.1, 0.2, 0.3, 0.5, 0.8].map((scale) => ({ method: "nasa", scale })),
  VSF: [0.25, 0.5, 1, 2, 3.5].map((scale) => ({ method: "vsf", scale, offset: 0.1 })),
};

/** Guidance at the teacher's scale; over an adapter that was distilled with guidance, less. */
const guidanceScales: Readonly<Record<string, readonly number[]>> = {
  plain: [TEACHER.guidanceScale],
  "LCM-style": [1.5, 2, 3],
};

/** The methods over a base. SUN is an adapter itself, and stands beside the plain sampler. */
export function methodsOver({ name, sampler }: Base): readonly Method[] {
  const attention = Object.entries(specs).map(([method, list]) => ({
    name: method,
    candidates: list
      .map(({ method: _, ...parameters }) => parameters)
      .map((parameters, i) => ({
        strength: Object.entries(parameters)
          .map(([key, value]) => `${key} ${value}`)
          .join(", "),
        sampler: { ...sampler, negative: list[i]! },
        without: sampler,
      })),
  }));
  const guidance = (guidanceScales[name] ?? []).map((scale): Candidate => {
    const one = { ...guided("dpm++2m", 4), guidanceScale: scale, ...(sampler.lcm && { lcm: sampler.lcm }) };
    return { strength: `scale ${scale}`, sampler: one, without: one };
  });
  const few = sun("dpm++2m", 4);
  return [
    ...(sampler.lcm
      ? []
      : [{ name: "SUN", candidates: [{ strength: "as trained", sampler: few, without: few }] }]),
    ...attention,
    { name: "guidance", candidates: guidance },
  ];
}
