/** The stages of multi-step consistency. */
export interface Stages {
  /** Lower ends of the stages, descending; -1 is past the last step. A timestep at an end belongs to the next stage. */
  readonly boundaries: readonly number[];
  /** Largest number of timesteps in one teacher step. */
  readonly teacherStride: number;
}

/** Targets of the jumps from one timestep. */
export interface Span {
  /** Lower end of the timestep's stage: the target of the student. */
  readonly boundary: number;
  /** Target of the teacher's step, never past the boundary. */
  readonly teacher: number;
}

/** Returns the jumps from timestep t >= 0. Every t is above some boundary, since the last is -1. */
export function stageSpan(t: number, { boundaries, teacherStride }: Stages): Span {
  const boundary = boundaries.find((end) => t > end) ?? -1;
  return { boundary, teacher: Math.max(t - teacherStride, boundary) };
}
