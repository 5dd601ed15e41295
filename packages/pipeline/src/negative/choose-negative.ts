import type { Acceleration } from "../acceleration.js";
import { pipelineError } from "../errors.js";
import type { Guidance } from "../guidance/guidance.js";
import type { GenerateOptions } from "../request/generate-options.js";
import type { NegativeUse } from "./negative-method.js";

/** The parts of a request that decide who reads its negative prompts. */
interface Readers {
  readonly guidance: Guidance;
  readonly acceleration: Acceleration | undefined;
  readonly negativePrompts: readonly string[];
  readonly negativePrompts2?: readonly string[];
}

/**
 * Returns the method that reads a request's negative prompts, if one does beside guidance.
 * @throws SunstepError PIPELINE_NEGATIVE
 */
export function chooseNegative(
  { negative, negativeFallback, negativePromptEmbeds }: GenerateOptions,
  { guidance, acceleration, negativePrompts, negativePrompts2 = [] }: Readers,
): NegativeUse | undefined {
  const byAcceleration = acceleration?.readsNegative === true;
  if (negative === "acceleration") {
    if (byAcceleration) return undefined;
    throw refuse(
      "acceleration",
      `${acceleration ? acceleration.name : "no acceleration is in use, and none"} reads negative prompts; choose an acceleration that does, or another method`,
    );
  }
  if (negative !== undefined) {
    const name = negative === "guidance" ? "guidance" : negative.name;
    if (byAcceleration) {
      throw refuse(
        name,
        `${acceleration.name} reads negative prompts itself, and one method can; leave negative out, or set acceleration to false`,
      );
    }
    return negative === "guidance" ? undefined : { method: negative, readsEmpty: true };
  }
  const isGiven =
    negativePromptEmbeds !== undefined ||
    [...negativePrompts, ...negativePrompts2].some((text) => text !== "");
  if (!negativeFallback || !isGiven || byAcceleration || guidance.readsNegative) return undefined;
  return { method: negativeFallback, readsEmpty: false };
}

function refuse(name: string, problem: string) {
  return pipelineError("PIPELINE_NEGATIVE", `negative ${name}: ${problem}`, {
    option: "negative",
    value: name,
  });
}
