import { fields } from "@sunstep/errors";
import { pipelineError } from "../errors.js";
import type { GenerateOptions } from "../request/generate-options.js";
import { readOption } from "../request/read-option.js";
import type { Request } from "../request/request.js";

const { boolean, number } = fields;

/**
 * Applies defaults to the controls of a request, and checks them.
 * @throws PIPELINE_OPTION, PIPELINE_CONTROL
 */
export function resolveControls({
  controls,
  guessMode,
}: Pick<GenerateOptions, "controls" | "guessMode">): Pick<Request, "controls" | "guessMode"> {
  if (guessMode && !controls?.length)
    throw pipelineError("PIPELINE_CONTROL", "guessMode is a mode of ControlNets: give controls as well");
  return {
    ...(controls && {
      controls: controls.map(({ controlnet, image, scale = 1, start = 0, end = 1, name }, i) => {
        const option = (field: string) => `controls[${i}].${field}`;
        const resolved = {
          controlnet,
          image,
          scale: readOption(option("scale"), number(-10, 10), scale),
          start: readOption(option("start"), number(0, 1), start),
          end: readOption(option("end"), number(0, 1), end),
          name: name ?? `${i + 1}`,
        };
        if (resolved.start < resolved.end) return resolved;
        throw pipelineError(
          "PIPELINE_CONTROL",
          `${option("start")} ${start} must be less than ${option("end")} ${end}`,
        );
      }),
    }),
    guessMode: readOption("guessMode", boolean, guessMode ?? false),
  };
}
