/** The stages of multi-step consistency. */
export interface Stages {
  /** Lower ends of the stages, descending; -1 is past the last step. A timestep at an end belongs to the next stage. */
  readonly boundaries: readonly number[];
  /** Training timesteps that the teacher steps over, at most. */
  readonly teacherStride: number;
}

/** Where the jumps from one timestep go. */
export interface Span {
  /** Lower end of the timestep's stage: where the student jumps to. */
  readonly boundary: number;
  /** Where the teacher's step goes: never past the boundary. */
  readonly teacher: number;
}

/** The jumps from timestep t, which is at least 0: every t is above some boundary, since the last is -1. */
export function stageSpan(t: number, { boundaries, teacherStride }: Stages): Span {
  const boundary = boundaries.find((end) => t > end) ?? -1;
  return { boundary, teacher: Math.max(t - teacherStride, boundary) };
}
