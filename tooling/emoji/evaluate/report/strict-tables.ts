// Tables of the stricter evaluation in Markdown, made from its results alone.
import { CEILING, evaluationsOf, FLOOR } from "../claims/model-sets.js";
import type { MeasuredSampler } from "../claims/negative-prompts.js";
import { NETWORKS } from "../features/feature-network.js";
import type { ColourDrift } from "../measures/colour-drift.js";
import type { StrictDistance } from "../measures/compare-strictly.js";
import type { Estimate } from "../statistics/bootstrap.js";
import { distance, interval, number, percent, table, threeDigits } from "./format.js";
import { strictClaims } from "./strict-claims.js";
import type { StrictModel, StrictResults } from "./strict-results.js";

/** Tables by their name in the comments of docs/results.md. */
export type StrictTables = Readonly<
  Record<"sizes" | "claims" | "unpaired" | "paired" | "drift" | "negative", string>
>;

export function strictTables(results: StrictResults): StrictTables {
  const { machine, models, negative } = results;
  const counts = Object.entries(models).map(([name, { prompts }]) => `${name} ${prompts}`);
  return {
    sizes: `Prompts: ${counts.join(", ")}. Pairs: ${negative.pairs}. ${machine}.`,
    claims: strictClaims(results),
    unpaired: distances(models, ({ unpaired }) => unpaired),
    paired: distances(models, ({ paired }) => paired),
    drift: drifts(results),
    negative: negativeTable(results),
  };
}

function distances(
  models: Readonly<Record<string, StrictModel>>,
  of: (distance: StrictDistance) => StrictDistance["unpaired"],
): string {
  const columns = NETWORKS.flatMap((network) => [`FD, ${network}`, "ceiling to floor"]);
  const rows = Object.entries(models).flatMap(([model, { sets }]) =>
    Object.entries(sets).map(([name, set]) => [
      model,
      name,
      String(evaluationsOf(name)),
      ...NETWORKS.flatMap((network) => {
        const { fd, closed } = of(set)[network];
        const isBound = name === FLOOR || name === CEILING;
        return [interval(fd, distance), isBound ? percent(closed.value) : interval(closed, percent)];
      }),
    ]),
  );
  return table(["model", "steps and sampler", "evaluations", ...columns], rows);
}

function drifts({ models, negative }: StrictResults): string {
  const row = (where: string, name: string, { without, with: named, shift }: ColourDrift) => [
    where,
    name,
    interval(without, number),
    interval(named, number),
    shift.map((value) => `${value < 0 ? "" : "+"}${number(value)}`).join(", "),
  ];
  const head = [
    "model",
    "steps and sampler",
    "without a negative prompt",
    "with one",
    "shift: red, green, blue",
  ];
  return table(head, [
    ...Object.entries(models).flatMap(([model, { sets }]) =>
      Object.entries(sets).map(([name, { drift }]) => row(model, name, drift)),
    ),
    ...Object.entries(negative.samplers).map(([name, { drift }]) => row("base, pairs", name, drift)),
  ]);
}

function negativeTable({ negative }: StrictResults): string {
  const { pairs, teacher, samplers, colourMeasure, objects } = negative;
  const kinds = Object.keys(teacher);
  const line = (what: string, of: (sampler: MeasuredSampler) => Estimate) => [
    what,
    ...Object.values(samplers).map((sampler) => interval(of(sampler), percent)),
  ];
  const falls = kinds.map((kind) => `${kind} ${threeDigits(teacher[kind]!)}`).join(", ");
  const check = `that colour is the largest in ${percent(colourMeasure.accuracy)}; share ${threeDigits(colourMeasure.asked)}, others ${threeDigits(colourMeasure.others)}`;
  return [
    table(
      [`share of the teacher's, ${pairs} pairs`, ...Object.keys(samplers)],
      [
        line("effect", ({ share }) => share),
        ...kinds.map((kind) => line(`effect, ${kind}`, ({ byKind }) => byKind[kind]!)),
        ...kinds.map((kind) =>
          line(`change of the image, ${kind}`, ({ changeByKind }) => changeByKind[kind]!),
        ),
        line("change by an unrelated negative prompt", ({ unrelated }) => unrelated),
      ],
    ),
    `The teacher's mean decrease of the attribute, of 1: ${falls}.`,
    `Check of the colour measure on ${colourMeasure.images} images of the teacher whose prompt names a colour: ${check}. The classifier of objects is right on ${percent(objects.accuracy)} of ${objects.heldOut} held-out renders.`,
  ].join("\n\n");
}
