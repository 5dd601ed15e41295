// Draws of torch.Generator("cpu"). A case is one list of draws (`file`) with the values it names (`tensors`).

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { allclose, type GoldenTensor, type KindChecker, readSafetensors } from "@sunstep/testing";
import { decodeFloat16, TorchGenerator } from "../src/index.js";

interface Draw {
  readonly kind: string;
  readonly seed: string;
  readonly count?: number;
  readonly low?: string;
  readonly high?: string;
  readonly n?: number;
  readonly arg?: string;
  readonly mean_f64?: number;
  readonly std_f64?: number | "NaN";
  readonly sha256_le_bytes?: string;
  readonly full?: string;
  readonly head?: readonly number[];
  readonly tail?: readonly number[];
  readonly draws?: readonly Draw[];
}

type Values = Float32Array | Float64Array | Uint16Array | BigInt64Array | Int32Array;
type Tolerances = Readonly<Record<string, number>>;

/** Draws each kind, and names the case's tolerance for it. */
const draws: Record<string, { make(g: TorchGenerator, draw: Draw): Values; tolerance: string }> = {
  randn: { make: (g, draw) => g.randn(count(draw)), tolerance: "randn" },
  randn_float16: { make: (g, draw) => g.randnFloat16(count(draw)), tolerance: "randn" },
  randn_float64: { make: (g, draw) => g.randnFloat64(count(draw)), tolerance: "randn" },
  rand: { make: (g, draw) => g.rand(count(draw)), tolerance: "rand" },
  randint: {
    make: (g, draw) => {
      const [low, high] = draw.arg ? numbers(draw.arg) : [Number(draw.low), Number(draw.high)];
      return g.randint(low!, high!, count(draw));
    },
    tolerance: "randint",
  },
  randperm: { make: (g, draw) => g.randperm(draw.n!), tolerance: "randint" },
};

/** The numbers of a printed Python argument: "(0, 1000, (6,))". */
function numbers(arg: string): number[] {
  return [...arg.matchAll(/-?\d+/g)].map(([text]) => Number(text));
}

function count(draw: Draw): number {
  if (draw.count !== undefined) return draw.count;
  const shape = numbers(draw.arg!.match(/\(([^()]*)\)/)![1]!);
  return shape.reduce((a, b) => a * b, 1);
}

function checkDraw(
  generator: TorchGenerator,
  draw: Draw,
  golden: ReadonlyMap<string, GoldenTensor>,
  atol: Tolerances,
): string | undefined {
  const rule = draws[draw.kind];
  if (!rule) return `unknown kind of draw ${draw.kind}`;
  const tolerance = atol[rule.tolerance] ?? 0;
  const made = rule.make(generator, draw);
  const values = made instanceof Uint16Array ? decodeFloat16(made) : made;
  const digest = createHash("sha256").update(new Uint8Array(made.buffer)).digest("hex");
  if (digest === draw.sha256_le_bytes) return undefined;
  if (tolerance === 0 && draw.sha256_le_bytes && draw.kind !== "randperm") return "sha256 differs";
  const full = draw.full === undefined ? undefined : golden.get(draw.full);
  if (draw.full !== undefined && !full) return `${draw.full} is not in the file of tensors`;
  if (full) return differs(values, full.data, tolerance, draw.kind);
  return (
    differs(values.slice(0, draw.head!.length), draw.head!, tolerance, draw.kind) ??
    differs(values.slice(values.length - draw.tail!.length), draw.tail!, tolerance, draw.kind) ??
    moments(values, draw, tolerance)
  );
}

function differs(
  values: Exclude<Values, Uint16Array>,
  expected: ArrayLike<number> | ArrayLike<bigint>,
  atol: number,
  kind: string,
): string | undefined {
  // Values that agree to 1e-6 may still round to neighbouring float16 numbers.
  const rtol = kind === "randn_float16" ? 2 ** -10 : 0;
  const { pass, message } = allclose(values, expected, { atol, rtol });
  return pass ? undefined : message;
}

/** Mean and standard deviation stand for the middle of a draw that is too long to be stored. */
function moments(values: ArrayLike<number | bigint>, draw: Draw, atol: number): string | undefined {
  const list = Array.from(values, Number);
  const mean = list.reduce((a, b) => a + b, 0) / list.length;
  const std = Math.sqrt(list.reduce((a, b) => a + (b - mean) ** 2, 0) / (list.length - 1));
  const { pass, message } = allclose([mean, std], [draw.mean_f64!, Number(draw.std_f64)], { atol });
  return pass ? undefined : `mean and standard deviation: ${message}`;
}

export const kind: KindChecker = {
  kind: "rng",
  async check(testCase, dir) {
    const { file, tensors, atol } = testCase as { file: string; tensors: string; atol: Tolerances };
    const golden = readSafetensors(join(dir, tensors));
    const list = (JSON.parse(readFileSync(join(dir, file), "utf8")) as { cases: Draw[] }).cases;
    const failures: string[] = [];
    for (const entry of list) {
      const generator = new TorchGenerator(BigInt(entry.seed));
      for (const draw of entry.draws ?? [entry]) {
        const failure = checkDraw(generator, draw, golden, atol);
        if (failure) failures.push(`${entry.kind} seed ${entry.seed} ${draw.full ?? draw.count}: ${failure}`);
      }
    }
    if (failures.length) {
      throw new Error(
        `${failures.length} of ${list.length} draws differ\n${failures.slice(0, 10).join("\n")}`,
      );
    }
  },
};
