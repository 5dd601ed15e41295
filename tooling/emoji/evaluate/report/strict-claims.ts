// The stricter claims with their bars, which an independent repetition of the evaluation set.
import { GUIDED, SUN } from "../claims/model-sets.js";
import { NETWORKS } from "../features/feature-network.js";
import type { ColourDrift } from "../measures/colour-drift.js";
import type { StrictDistance } from "../measures/compare-strictly.js";
import type { Estimate } from "../statistics/bootstrap.js";
import { distance, interval, number, percent, table } from "./format.js";
import type { StrictResults } from "./strict-results.js";

interface Claim {
  readonly claim: string;
  readonly measured: string;
  readonly asked: string;
  readonly holds: boolean;
}

/** Shares of the gap that are asked for, on the base model and on a fine-tune. */
const BARS = { base: 0.95, fineTune: 0.9 } as const;

export function strictClaims({ models, negative }: StrictResults): string {
  const { [SUN]: sun, [GUIDED]: guided } = negative.samplers;
  const rows = [
    ...Object.entries(models).flatMap(([name, { sets }]) =>
      closedClaims(name, sets[SUN]!, name === "base" ? BARS.base : BARS.fineTune),
    ),
    ...nearer(models.base!.sets),
    ...Object.entries(models).flatMap(([name, { sets }]) =>
      driftClaims(`${name}, prompts`, sets[SUN]!.drift, sets[GUIDED]!.drift),
    ),
    ...driftClaims("base, pairs", sun!.drift, guided!.drift),
    between("negative prompts: share of the teacher's effect", sun!.share),
    between("a thing's own colour as negative prompt: share of the teacher's effect", sun!.byKind.colour!),
    between(
      "a thing's own colour as negative prompt: share of the teacher's change",
      sun!.changeByKind.colour!,
    ),
    {
      claim: "unrelated negative prompts: share of the teacher's change",
      measured: interval(sun!.unrelated, percent),
      asked: "at most 100%",
      holds: sun!.unrelated.value <= 1,
    },
  ];
  return table(
    ["claim", "measured", "asked", "holds"],
    rows.map(({ claim, measured, asked, holds }) => [claim, measured, asked, holds ? "yes" : "**no**"]),
  );
}

function closedClaims(name: string, { unpaired }: StrictDistance, bar: number): Claim[] {
  return NETWORKS.map((network) => ({
    claim: `${name}, unpaired: gap between ceiling and floor closed, ${network}`,
    measured: interval(unpaired[network].closed, percent),
    asked: `at least ${100 * bar}%`,
    holds: unpaired[network].closed.value >= bar,
  }));
}

/** Half of the evaluations of 4 guided steps, and not farther from the teacher. */
const nearer = ({ [SUN]: ours, [GUIDED]: theirs }: Readonly<Record<string, StrictDistance>>): Claim[] =>
  NETWORKS.map((network) => {
    const [near, far] = [ours!, theirs!].map(({ unpaired }) => unpaired[network].fd.value) as [
      number,
      number,
    ];
    return {
      claim: `base, unpaired: not farther than 4 guided steps, ${network}`,
      measured: `${distance(near)} against ${distance(far)}`,
      asked: "less",
      holds: near <= far,
    };
  });

const driftClaims = (where: string, ours: ColourDrift, theirs: ColourDrift): Claim[] =>
  (["without", "with"] as const).map((what) => ({
    claim: `${where}: mean colours off ${what} a negative prompt`,
    measured: `${number(ours[what].value)} against ${number(theirs[what].value)}`,
    asked: "at most 4 guided steps'",
    holds: ours[what].value <= theirs[what].value,
  }));

const between = (claim: string, estimate: Estimate): Claim => ({
  claim,
  measured: interval(estimate, percent),
  asked: "90 to 110%",
  holds: estimate.value >= 0.9 && estimate.value <= 1.1,
});
