// Tables in Markdown, made from results alone.
import type { Decoder } from "@sunstep/pipeline";
import { CEILING, evaluationsOf, FLOOR } from "../claims/model-sets.js";
import { distance, interval, number, percent, table, threeDigits } from "./format.js";
import type { Results, SetDistances } from "./results.js";

/** Tables by their name in the comments of docs/results.md. */
export type Tables = Readonly<
  Record<"machine" | "claims" | "sets" | "fine-tunes" | "msc" | "speed" | "tiny autoencoder" | "lora", string>
>;

export function tables(results: Results): Tables {
  const { details } = results;
  const { base = {}, ...fineTunes } = details.models;
  return {
    machine: `${results.prompts} prompts; ${details.machine}.`,
    claims: claims(results),
    sets: setTable(base),
    "fine-tunes": Object.entries(fineTunes)
      .map(([name, sets]) => `**${name}**\n\n${setTable(sets)}`)
      .join("\n\n"),
    msc: msc(results),
    speed: speed(results),
    "tiny autoencoder": tinyAutoencoder(results),
    lora: lora(results),
  };
}

interface Claim {
  readonly claim: string;
  readonly measured: string;
  readonly asked: string;
  readonly holds: boolean;
}

/** Compares the results with the bars that were set before training. */
function claims({ details, fewSteps, speed, plugIn, msc }: Results): string {
  const base = details.models.base ?? {};
  const fd = (set: string) => base[set]?.fd.value;
  const below = (claim: string, set: string, other: string): Claim[] => {
    const [ours, theirs] = [fd(set), fd(other)];
    if (ours === undefined || theirs === undefined) return [];
    return [
      {
        claim,
        measured: `${distance(ours)} against ${distance(theirs)}`,
        asked: "less",
        holds: ours < theirs,
      },
    ];
  };
  const rows: Claim[] = [
    ...(fewSteps
      ? [
          {
            claim: "4 steps, paired: gap between ceiling and floor closed",
            measured: percent(fewSteps.closed),
            asked: "at least 95%",
            holds: fewSteps.closed >= 0.95,
          },
        ]
      : []),
    ...below("nearer than DPM-Solver++ at the same cost", "SUN 4", "2 guided DPM-Solver++"),
    ...below("nearer than DDIM at the same cost", "SUN 4", "2 guided DDIM"),
    ...below("not farther than DPM-Solver++ at twice the cost", "SUN 4", "4 guided DPM-Solver++"),
    ...below("not farther than DDIM at twice the cost", "SUN 4", "4 guided DDIM"),
    ...below("nearer than an LCM-style distillation, trained alike", "SUN 4 with MSC", "LCM 4"),
    ...below("the same, LCM by DDIM", "SUN 4 with MSC", "LCM 4 DDIM"),
    ...(speed
      ? [
          {
            claim: "faster than 25 guided steps",
            measured: `${number(speed.ratio)}x`,
            asked: "over 10x",
            holds: speed.ratio > 10,
          },
          {
            claim: "one SUN evaluation over a plain one",
            measured: `${speed.sunOverPlain.toFixed(2)}x`,
            asked: "at most 1.15x",
            holds: speed.sunOverPlain <= 1.15,
          },
        ]
      : []),
    ...Object.entries(plugIn).map(([name, { closed }]) => ({
      claim: `${name}, untrained, paired: gap between ceiling and floor closed`,
      measured: percent(closed),
      asked: "at least 90%",
      holds: closed >= 0.9,
    })),
    ...["2", "4"].flatMap((steps) =>
      msc.with[steps] === undefined || msc.without[steps] === undefined
        ? []
        : below(`MSC helps at ${steps} steps`, `SUN ${steps} with MSC`, `SUN ${steps} without MSC`),
    ),
  ];
  return table(
    ["claim", "measured", "asked", "holds"],
    rows.map(({ claim, measured, asked, holds }) => [claim, measured, asked, holds ? "yes" : "**no**"]),
  );
}

function setTable(sets: SetDistances): string {
  const rows = Object.entries(sets).map(([name, { fd, closed, ssim, cosine }]) => [
    name,
    String(evaluationsOf(name)),
    interval(fd, distance),
    name === FLOOR || name === CEILING ? percent(closed.value) : interval(closed, percent),
    ssim.value.toFixed(3),
    cosine.value.toFixed(3),
  ]);
  return table(
    ["steps and sampler", "evaluations", "FD", "ceiling to floor", "SSIM", "feature cosine"],
    rows,
  );
}

function msc({ msc, details }: Results): string {
  const base = details.models.base ?? {};
  const cell = (set: string) => (base[set] ? interval(base[set].fd, distance) : "");
  const rows = Object.keys(msc.with).map((steps) => [
    steps,
    cell(`SUN ${steps} with MSC`),
    cell(`SUN ${steps} without MSC`),
  ]);
  return rows.length === 0 ? "Not measured." : table(["steps", "FD with MSC", "FD without"], rows);
}

function speed({ details: { speed } }: Results): string {
  if (!speed) return "Not measured.";
  return table(
    ["", "milliseconds"],
    [
      ...Object.entries(speed.decoders ?? { vae: speed }).flatMap(([name, { guidedMs, sunMs, ratio }]) => [
        [`an image, 25 guided steps, ${decoders[name as Decoder]}`, number(guidedMs)],
        [
          `an image, 4 steps with SUN, ${decoders[name as Decoder]}`,
          `${number(sunMs)}, ${number(ratio)}x less`,
        ],
      ]),
      ["a plain evaluation", speed.plainEvaluationMs.toFixed(2)],
      ["an evaluation with SUN", speed.sunEvaluationMs.toFixed(2)],
    ],
  );
}

const decoders: Readonly<Record<Decoder, string>> = { vae: "VAE", taesd: "tiny autoencoder" };

function tinyAutoencoder({ details: { tinyAutoencoder } }: Results): string {
  if (!tinyAutoencoder) return "Not measured.";
  const { images, psnr, ssim } = tinyAutoencoder;
  return table(
    ["tiny autoencoder against the VAE", `${images} images, SUN 4`],
    [
      ["PSNR, dB", interval(psnr, number)],
      ["SSIM", interval(ssim, threeDigits)],
    ],
  );
}

function lora({ details: { lora } }: Results): string {
  if (!lora) return "Not measured.";
  return table(
    ["distance to 25 guided steps with the LoRA", "FD"],
    [
      ["SUN 4 with the LoRA", interval(lora.sunWithLora, distance)],
      ["25 guided steps without it", interval(lora.guidedWithoutLora, distance)],
      ["SUN 4 without it", interval(lora.sunWithoutLora, distance)],
      ["share of the teacher's shift of style", interval(lora.styleShift, percent)],
    ],
  );
}
