/** The cost of an image. */
export interface Cost {
  readonly evaluations: number;
  /** Without loading networks; absent if the model was warming up. */
  readonly milliseconds?: number | undefined;
}

/** "4 evaluations, 0.42 s". */
export function costText({ evaluations, milliseconds }: Cost): string {
  const count = `${evaluations} ${evaluations === 1 ? "evaluation" : "evaluations"}`;
  return milliseconds === undefined ? count : `${count}, ${secondsText(milliseconds)}`;
}

/** "12.5 times fewer evaluations, 11 times faster": the first against the last; undefined where they are close. */
export function advantageText(first: Cost, last: Cost): string | undefined {
  const fewer = last.evaluations / first.evaluations;
  if (!(fewer > 1.5)) return undefined;
  const evaluations = `${rounded(fewer)} times fewer evaluations`;
  if (first.milliseconds === undefined || last.milliseconds === undefined) return evaluations;
  const faster = last.milliseconds / first.milliseconds;
  return faster > 1 ? `${evaluations}, ${rounded(faster)} times faster` : undefined;
}

function secondsText(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(milliseconds < 9950 ? 2 : 1)} s`;
}

function rounded(value: number): string {
  return value < 9.95 ? value.toFixed(1).replace(/\.0$/, "") : String(Math.round(value));
}
