/** The cost of an image. */
export interface Cost {
  readonly evaluations: number;
  /** Without loading networks. */
  readonly milliseconds: number;
}

/** "4 evaluations, 0.42 s". */
export function costText({ evaluations, milliseconds }: Cost): string {
  return `${evaluations} ${evaluations === 1 ? "evaluation" : "evaluations"}, ${secondsText(milliseconds)}`;
}

/** "12.5 times fewer evaluations, 11 times faster": the first against the last; undefined where they are close. */
export function advantageText(first: Cost, last: Cost): string | undefined {
  const fewer = last.evaluations / first.evaluations;
  const faster = last.milliseconds / first.milliseconds;
  if (!(fewer > 1.5 && faster > 1)) return undefined;
  return `${rounded(fewer)} times fewer evaluations, ${rounded(faster)} times faster`;
}

function secondsText(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(milliseconds < 9950 ? 2 : 1)} s`;
}

function rounded(value: number): string {
  return value < 9.95 ? value.toFixed(1).replace(/\.0$/, "") : String(Math.round(value));
}
