import type { AdaptableWeights, SafetensorsFile, WeightRef } from "@sunstep/checkpoint";
import { loraError } from "../errors.js";
import { readMagnitude } from "../graph/magnitude.js";
import { checkFits, rankOf } from "../graph/update-size.js";
import type { LoraTarget } from "../lora.js";
import { readAlpha } from "./alpha.js";
import { type Form, forms, type ModuleTensors } from "./forms.js";
import type { TensorGroup } from "./group-tensors.js";
import type { PeftFacts } from "./peft-config.js";
import type { Role } from "./tensor-names.js";

/** The changes of one module, and the tensors of parameters that the model's module lacks. */
interface ModuleTargets {
  readonly targets: readonly LoraTarget[];
  /** A file of PEFT without its config: the strength of its updates is not known. */
  readonly assumed: boolean;
  readonly unknown: readonly string[];
}

/**
 * Reads the changes of one module, each checked against the model's parameter.
 * @throws SunstepError LORA_…
 */
export async function readTargets(
  file: SafetensorsFile,
  group: TensorGroup,
  model: AdaptableWeights,
  facts: PeftFacts,
): Promise<ModuleTargets> {
  const { network, module, tensors } = group;
  const weights = model[network]!;
  const found = forms.filter(({ roles }) => roles.some((role) => tensors.has(role)));
  const given = moduleTensors(file, tensors);
  const targets: LoraTarget[] = [];
  const unknown: string[] = [];
  let assumed = false;
  for (const form of found) {
    const parameter = `${module}.${form.parameter}`;
    if (targets.some((other) => other.parameter === parameter)) throw ambiguous(file, group, form.roles);
    const update = form.read(given);
    if (!weights.has(parameter)) {
      unknown.push(...form.roles.flatMap((role) => tensors.get(role) ?? []));
      continue;
    }
    const { shape } = weights.get(parameter);
    checkFits({ parameter, update }, shape);
    const magnitude = form.parameter === "weight" ? readMagnitude(given, shape) : undefined;
    if (facts.hasMagnitudes && form.parameter === "weight" && !magnitude)
      throw incomplete(file, [...tensors.values()][0]!, "the magnitudes of DoRA that its config states");
    const strength = await strengthOf(file, group, form, given, facts);
    assumed ||= strength === undefined;
    targets.push({ network, parameter, update, strength: strength ?? 1, ...(magnitude && { magnitude }) });
  }
  const left = [...tensors.keys()].filter((role) => role !== "alpha" && !given.read.has(role));
  if (found.length === 0 || left.some((role) => MAGNITUDES.has(role) && !found.some(isOfWeight)))
    throw incomplete(file, [...tensors.values()][0]!, "the factors of its module");
  if (left.length > 0) throw ambiguous(file, group, left);
  return { targets, assumed, unknown };
}

const MAGNITUDES: ReadonlySet<Role> = new Set(["dora_scale", "lora_magnitude_vector"]);
const isOfWeight = ({ parameter }: Form) => parameter === "weight";

/** Returns alpha / rank, or undefined if the file and its config tell none. */
async function strengthOf(
  file: SafetensorsFile,
  { module, tensors }: TensorGroup,
  form: Form,
  given: ModuleTensors,
  facts: PeftFacts,
): Promise<number | undefined> {
  if (!form.ranked) return 1;
  const rank = rankOf(form.ranked(given));
  const alpha = tensors.get("alpha");
  if (alpha === undefined) return facts.strength(module, rank) ?? (rank === undefined ? 1 : undefined);
  // LyCORIS stores any alpha where both factors of a LoKr are whole, and does not count it (modules/lokr.py).
  return rank === undefined ? 1 : (await readAlpha(file, alpha)) / rank;
}

/** Notes the roles that were read. */
function moduleTensors(
  file: SafetensorsFile,
  tensors: TensorGroup["tensors"],
): ModuleTensors & { readonly read: ReadonlySet<Role> } {
  const read = new Set<Role>();
  return {
    read,
    has: (role) => tensors.has(role),
    need(role) {
      const name = tensors.get(role);
      if (name === undefined) throw incomplete(file, [...tensors.values()][0]!, role);
      read.add(role);
      return floats(file, name);
    },
  };
}

function floats(file: SafetensorsFile, name: string): WeightRef {
  const weight = file.weights.get(name);
  if (/float/.test(weight.dtype)) return weight;
  throw loraError(
    "LORA_DATA_TYPE",
    `${file.source.name}: ${name} is stored as ${weight.dtype}, which is not a type of factors. The file is damaged`,
    { file: file.source.name, tensor: name, dtype: weight.dtype },
  );
}

const incomplete = (file: SafetensorsFile, tensor: string, lacking: string) =>
  loraError(
    "LORA_INCOMPLETE",
    `${file.source.name}: ${tensor} lacks ${lacking}. The file is incomplete: download it again`,
    { file: file.source.name, tensor },
  );

function ambiguous(file: SafetensorsFile, { tensors }: TensorGroup, roles: readonly Role[]) {
  const name = roles.map((role) => tensors.get(role)).find((tensor) => tensor !== undefined)!;
  const others = [...tensors.values()].filter((other) => other !== name);
  return loraError(
    "LORA_AMBIGUOUS",
    `${file.source.name}: ${name} and ${others.join(", ")} are two changes of one weight. Keep one of them`,
    { file: file.source.name, tensor: name, others },
  );
}
