import { type Field, fields } from "@sunstep/errors";
import type { SunAdapter } from "@sunstep/sun-adapter";
import { distillationError } from "./errors.js";
import type { AdamWOptions } from "./graphs/adamw.js";
import type { Objective } from "./graphs/objective.js";

/** The numbers that, with model, data and seed, determine a run's result. Plain JSON. */
export interface Recipe {
  /** `add_pos` adapters have a second positive attention. */
  readonly variant: SunAdapter["variant"];
  readonly steps: number;
  /** Samples in a step. */
  readonly batch: number;
  readonly learningRate: {
    readonly peak: number;
    /** Steps of linear rise. */
    readonly warmUp: number;
    /** Share of the run after which a cosine falls from the peak to `end` times the peak. */
    readonly hold: number;
    readonly end: number;
  };
  /** `emaDecay` belongs to the moving average, which is MSC's target network and the written adapter. */
  readonly adamw: AdamWOptions;
  /** Alpha of an untrained adapter. */
  readonly initialAlpha: number;
  /** Weights of the two losses: multi-step consistency and guidance distillation. 0 leaves one out. */
  readonly weights: { readonly msc: number; readonly cfg: number };
  /** Pseudo-Huber with constant `c`, or mean square. */
  readonly distance: { readonly kind: "huber" | "mse"; readonly c: number };
  /** Space of guidance distillation: the network's output or noise. */
  readonly cfgSpace: NonNullable<Objective["cfgSpace"]>;
  /** Lower ends of the stages, falling; the last is -1, the clean image. */
  readonly boundaries: readonly number[];
  /** Timesteps of one teacher step. */
  readonly teacherStride: number;
  /** The teacher's guidance scale, drawn uniformly between the two. */
  readonly guidance: readonly [number, number];
  /** Share of timesteps that are replaced by the start of a stage, where the sampler evaluates the network. */
  readonly trailingTimesteps: number;
  /** Share of samples that follow the teacher from noise; the others are noised images. Without data: all. */
  readonly trajectories: number;
  /** Share of prompts that are replaced by the empty one. */
  readonly emptyPrompts: number;
  /**
   * Shares of kinds of negative prompts, together 1; `ownAttributes` is the share of attributes that the image itself has.
   * `strength` scales the effect of the teacher's negative prompts (`emitGuided`): above 1 it compensates for a student that
   * responds less than its teacher.
   */
  readonly negatives: {
    readonly strength: number;
    readonly empty: number;
    readonly attributes: number;
    readonly captions: number;
    readonly ownAttributes: number;
  };
  /** False: every negative prompt is the empty one, for teacher and student. */
  readonly negativeBranch: boolean;
}

type DeepPartial<T> = T extends readonly unknown[] ? T : { readonly [K in keyof T]?: DeepPartial<T[K]> };
/** A recipe as users write it: missing fields have their defaults, and `guidance` may be one number. */
export type RecipeInput = DeepPartial<Omit<Recipe, "guidance">> & {
  readonly guidance?: number | readonly [number, number];
};

/** The first stage of the embedded emoji model's adapter: half an hour on two CPU cores. */
export const defaultRecipe: Recipe = {
  variant: "add_pos",
  steps: 2600,
  batch: 16,
  learningRate: { peak: 3e-3, warmUp: 50, hold: 0.4, end: 0.02 },
  adamw: { betas: [0.9, 0.99], epsilon: 1e-8, weightDecay: 0, clipNorm: 1, emaDecay: 0.99 },
  initialAlpha: 0.3,
  weights: { msc: 4, cfg: 0.5 },
  distance: { kind: "huber", c: 0.3 },
  cfgSpace: "model_output",
  boundaries: [749, 499, 249, -1],
  teacherStride: 40,
  guidance: [3, 3],
  trailingTimesteps: 0.3,
  trajectories: 0.25,
  emptyPrompts: 0.05,
  negatives: { strength: 1, empty: 0.35, attributes: 0.45, captions: 0.2, ownAttributes: 0.6 },
  negativeBranch: true,
};

const { integer, oneOf } = fields;
const share = fields.number(0, 1);
const notNegative = fields.number(0);
const positive = fields.where("a number above 0", fields.number(), (value) => value > 0);
const belowOne = fields.where("a number from 0 to below 1", share, (value) => value < 1);
const pair = (item: Field<number>) => fields.listOf(item, 2, 2);

/** Fields by their paths. */
const rules: Readonly<Record<string, Field<unknown>>> = {
  variant: oneOf("add_pos", "plain"),
  steps: integer(1, 10_000_000),
  batch: integer(1, 1024),
  "learningRate.peak": positive,
  "learningRate.warmUp": integer(0, 1_000_000),
  "learningRate.hold": share,
  "learningRate.end": share,
  "adamw.betas": pair(belowOne),
  "adamw.epsilon": positive,
  "adamw.weightDecay": notNegative,
  "adamw.clipNorm": notNegative,
  "adamw.emaDecay": belowOne,
  initialAlpha: fields.number(),
  "weights.msc": notNegative,
  "weights.cfg": notNegative,
  "distance.kind": oneOf("huber", "mse"),
  "distance.c": positive,
  cfgSpace: oneOf("model_output", "epsilon"),
  boundaries: fields.where(
    "falling timesteps that end in -1",
    fields.listOf(integer()),
    (list) => list.at(-1) === -1 && list.every((item, i) => i === 0 || item < list[i - 1]!),
  ),
  teacherStride: integer(1, 1000),
  guidance: fields.where(
    "a number of at least 1, or two, the lower one first",
    pair(fields.number(1)),
    ([low, high]) => low! <= high!,
  ),
  trailingTimesteps: share,
  trajectories: share,
  emptyPrompts: share,
  "negatives.strength": notNegative,
  "negatives.empty": share,
  "negatives.attributes": share,
  "negatives.captions": share,
  "negatives.ownAttributes": share,
  negativeBranch: fields.boolean,
};

/**
 * Validates a recipe and fills in defaults.
 * @throws TRAINING_RECIPE, with the field's path
 */
export function parseRecipe(json: unknown, file = "the recipe"): Recipe {
  if (!isObject(json)) throw fieldError(file, "", "it must be an object of fields", json);
  const given = recipeFields(json);
  const guidance = given.get("guidance");
  if (typeof guidance === "number") given.set("guidance", [guidance, guidance]);
  for (const [path, value] of given) {
    const rule = Object.hasOwn(rules, path) ? rules[path] : undefined;
    if (!rule)
      throw fieldError(file, path, `there is no such field; there are ${Object.keys(rules).join(", ")}`);
    if (rule.read(value) === undefined) throw fieldError(file, path, `it must be ${rule.expects}`, value);
  }
  const recipe = filled(defaultRecipe, given, "");
  const { weights, negatives } = recipe;
  if (weights.msc + weights.cfg === 0)
    throw fieldError(file, "weights", "one of them must be above 0", weights);
  if (Math.abs(negatives.empty + negatives.attributes + negatives.captions - 1) > 1e-6)
    throw fieldError(file, "negatives", "empty, attributes and captions must add up to 1", negatives);
  return recipe;
}

/** Returns the fields of a recipe by path, such as "learningRate.peak". */
export function recipeFields(recipe: object, prefix = ""): Map<string, unknown> {
  return new Map(
    Object.entries(recipe).flatMap(([name, value]) =>
      isObject(value)
        ? [...recipeFields(value, `${prefix}${name}.`)]
        : [[`${prefix}${name}`, value] as const],
    ),
  );
}

function filled<T extends object>(defaults: T, given: ReadonlyMap<string, unknown>, prefix: string): T {
  const entries = Object.entries(defaults).map(([name, value]) => {
    const path = `${prefix}${name}`;
    if (isObject(value)) return [name, filled(value, given, `${path}.`)];
    return [name, given.has(path) ? given.get(path) : value];
  });
  return Object.fromEntries(entries) as T;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fieldError(file: string, field: string, problem: string, value?: unknown): Error {
  const written = value === undefined ? "" : ` ${JSON.stringify(value)}`;
  return distillationError("TRAINING_RECIPE", `${file}: ${field}${written}: ${problem}`, {
    file,
    field,
    value,
  });
}
