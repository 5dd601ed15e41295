import {
  type NegativeMethodName,
  type NegativeMethodSpec,
  negativeMethod,
  negativeMethodNames,
} from "@sunstep/accelerations";
import type { NegativeMethod, GenerateOptions as PipelineOptions } from "@sunstep/pipeline";
import { sunstepError } from "../errors.js";

/**
 * The reader of negative prompts. "auto" (default): the acceleration or guidance, whichever reads them, else NAG at alpha 0.5. "guidance":
 * nothing but guidance. The name of a loaded acceleration ("sun"): that. A method in the network's attention, at the cost of one
 * evaluation a step: by its name ("nag", "nasa", "vsf"), with parameters (`{ method: "nag", scale: 3 }`), or one of your own.
 */
export type NegativeOption =
  | "auto"
  | "guidance"
  | NegativeMethodName
  | (string & {})
  | NegativeMethodSpec
  | NegativeMethod;

/** The method of "auto": in docs/negative-methods.md nearest to many guided steps, where few were distilled with guidance. */
const FALLBACK: NegativeMethodSpec = { method: "nag", scale: 5, tau: 2.5, alpha: 0.5 };

type Prompts = Pick<PipelineOptions, "negativePrompt" | "negativePrompt2" | "negativePromptEmbeds">;

/**
 * Returns the options of a pipeline. `accelerations` are the names of the loaded ones.
 * @throws SunstepError NEGATIVE_UNKNOWN, NEGATIVE_METHOD, NEGATIVE_PARAMETER
 */
export async function negativeOptions(
  option: NegativeOption,
  prompts: Prompts,
  accelerations: readonly string[],
): Promise<Pick<PipelineOptions, "negative" | "negativeFallback" | "acceleration">> {
  if (typeof option === "object")
    return { negative: "adapter" in option ? option : await negativeMethod(option) };
  // Without a negative prompt its code is not loaded.
  if (option === "auto")
    return hasNegative(prompts) ? { negativeFallback: await negativeMethod(FALLBACK) } : {};
  if (option === "guidance") return { negative: "guidance" };
  if (accelerations.includes(option)) return { negative: "acceleration", acceleration: option };
  const name = negativeMethodNames.find((known) => known === option);
  if (name !== undefined) return { negative: await negativeMethod(name) };
  const known = ["auto", "guidance", ...accelerations, ...negativeMethodNames];
  throw sunstepError(
    "NEGATIVE_UNKNOWN",
    `negative ${JSON.stringify(option)}: there is no such method, and no acceleration of this name is loaded; there are ${known.join(", ")}`,
    { option: "negative", value: option, known },
  );
}

function hasNegative({ negativePrompt = "", negativePrompt2 = "", negativePromptEmbeds }: Prompts): boolean {
  return (
    negativePromptEmbeds !== undefined || [negativePrompt, negativePrompt2].flat().some((text) => text !== "")
  );
}
