import type { SunstepWarning } from "@sunstep/errors";
import { checkPrompts } from "./check-prompts.js";
import { pipelineWarning } from "./errors.js";
import type { Request } from "./request.js";

/**
 * Returns warnings about settings that the run cannot honour.
 * @throws SunstepError of the acceleration, for a request that it cannot do
 */
export function checkRequest(request: Request): readonly SunstepWarning[] {
  const { acceleration, guidance, negativePrompts } = request;
  const warnings = [...(acceleration?.check?.(request) ?? []), ...checkPrompts(request)];
  const isRead = guidance.readsNegative || acceleration?.readsNegative;
  const unread = negativePrompts.find((text) => text !== "");
  if (!isRead && unread !== undefined) {
    warnings.push(
      pipelineWarning(
        "NEGATIVE_PROMPT_UNUSED",
        `the negative prompt ${JSON.stringify(unread)} has no effect without guidance: raise guidanceScale above 1, or use an acceleration that reads it`,
        { negativePrompt: unread },
      ),
    );
  }
  return warnings;
}
