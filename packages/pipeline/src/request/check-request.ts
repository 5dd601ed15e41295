import type { SunstepWarning } from "@sunstep/errors";
import { ignoredTrainingOptions, type SchedulerConfig } from "@sunstep/scheduler";
import type { ArchitectureRule } from "../architectures/architecture.js";
import { xlOptions } from "../architectures/xl-options.js";
import { pipelineWarning } from "../errors.js";
import { checkPrompts } from "../prompts/check-prompts.js";
import type { GenerateOptions } from "./generate-options.js";
import type { Request } from "./request.js";
import { unreadNegativeSizes } from "./size-conditioning.js";

/**
 * Returns warnings about settings that the run cannot honour.
 * @throws SunstepError of the acceleration or the negative method, for a request that it cannot do
 */
export function checkRequest(request: Request): readonly SunstepWarning[] {
  const { acceleration, guidance, negative, negativePrompts, negativePrompts2 = [] } = request;
  const warnings = [
    ...(acceleration?.check?.(request) ?? []),
    ...(negative?.method.check?.(request) ?? []),
    ...checkPrompts(request),
    ...checkScheduler(request.schedulerConfig),
  ];
  const isRead = guidance.readsNegative || acceleration?.readsNegative || negative;
  const unread = [...negativePrompts, ...negativePrompts2].find((text) => text !== "");
  if (!isRead && unread !== undefined) {
    warnings.push(
      pipelineWarning(
        "NEGATIVE_PROMPT_UNUSED",
        `the negative prompt ${JSON.stringify(unread)} has no effect ${unreadReason(request)}`,
        { negativePrompt: unread },
      ),
    );
  }
  return warnings;
}

function unreadReason({ embedsGuidance }: Request): string {
  return embedsGuidance
    ? "on this model, whose U-Net was distilled to one guided evaluation: use a method (negative) that reads it, or leave it out"
    : "without guidance: raise guidanceScale above 1, or use an acceleration or a method (negative) that reads it";
}

function checkScheduler(config: SchedulerConfig): readonly SunstepWarning[] {
  const options = ignoredTrainingOptions(config);
  if (options.length === 0) return [];
  return [
    pipelineWarning(
      "SCHEDULER_OPTION_UNUSED",
      `${String(config._class_name)} does not have ${options.join(", ")}, with which the model was trained: images may be too ` +
        'dark or too pale; set scheduler to another, as "ddim" or "euler"',
      { scheduler: config._class_name, options },
    ),
  ];
}

/** Returns warnings about options that models of another architecture read, or that only count with others. */
export function unreadOptions(
  options: GenerateOptions,
  { options: read = [] }: Pick<ArchitectureRule, "options">,
): readonly SunstepWarning[] {
  const unread = xlOptions.filter((option) => options[option] !== undefined && !read.includes(option));
  return [
    ...unread.map((option) =>
      pipelineWarning(
        "OPTION_UNUSED",
        `${option} has no effect on this model: only Stable Diffusion XL reads it`,
        { option },
      ),
    ),
    ...(read.includes("negativeOriginalSize") ? unreadNegativeSizes(options) : []),
  ];
}
