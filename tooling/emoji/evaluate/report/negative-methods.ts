// The comparison of methods for negative prompts, as Markdown.
import type { NegativeMethods } from "../claims/negative-methods.js";
import { distance, interval, number, percent, table, threeDigits } from "./format.js";

/** Returns the table of methods, and the strengths that were tried. */
export function negativeMethodsTables({
  pairs,
  tuningPairs,
  teacher,
  objects,
  methods,
  tried,
}: NegativeMethods): string {
  const kinds = Object.keys(teacher);
  const head = [
    "over",
    "method",
    "share of the teacher's effect",
    ...kinds,
    "change by unrelated ones",
    "FD",
    "evaluations",
    "ms",
  ];
  const rows = methods.map(
    ({ base, method, strength, share, byKind, unrelated, fd, evaluations, milliseconds }) => [
      base,
      `${method} (${strength})`,
      interval(share, percent),
      ...kinds.map((kind) => percent(byKind[kind]!.value)),
      interval(unrelated, percent),
      distance(fd),
      String(evaluations),
      number(milliseconds),
    ],
  );
  const falls = Object.entries(teacher).map(([kind, value]) => `${kind} ${threeDigits(value)}`);
  return [
    `${pairs} pairs; strengths chosen on ${tuningPairs} others. Mean decrease of the attribute by the teacher, of 1: ${falls.join(", ")}. The classifier of objects is right on ${percent(objects.accuracy)} of ${objects.heldOut} held-out renders.`,
    table(head, rows),
    "Strengths that were tried:",
    table(
      ["over", "method", "strength", "share of the teacher's effect", "change by unrelated ones"],
      tried.map(({ base, method, strength, share, unrelated }) => [
        base,
        method,
        strength,
        percent(share),
        percent(unrelated),
      ]),
    ),
  ].join("\n\n");
}
