import type { SunstepWarning } from "@sunstep/errors";
import type { Acceleration, Adapter, RequestSettings } from "@sunstep/pipeline";
import { methodConfig, type SchedulerConfig } from "@sunstep/scheduler";
import { accelerationWarning } from "./errors.js";
import type { MethodSettings, Range } from "./methods/method.js";
import type { RecognisedMethod } from "./recognise.js";

export interface MethodOptions {
  /** The name of the file or model, for messages and the text that images carry. */
  readonly label?: string;
  /** The method's change to the networks. Without one, its weights are in the model or in a LoRA beside it. */
  readonly adapter?: Adapter;
  /** A scheduler's whole config in place of the method's: that of a model which was saved with it. */
  readonly scheduler?: SchedulerConfig;
}

/** Returns an acceleration with a method's settings, which warns of requests that the method was not made for. */
export function methodAcceleration(
  { method, settings }: Pick<RecognisedMethod, "method" | "settings">,
  { label, adapter, scheduler }: MethodOptions = {},
): Acceleration {
  const { name, title } = method;
  return {
    name,
    defaults: {
      steps: settings.steps.value,
      guidanceScale: settings.guidanceScale.value,
      scheduler: (model, preset) => presetOf(preset, settings) ?? scheduler ?? configOf(model, settings),
      ...(settings.timesteps && { timesteps: settings.timesteps }),
      ...(settings.eta !== undefined && { eta: settings.eta }),
    },
    ...(adapter && { adapter }),
    check: (request) => checkRanges(title, settings, request),
    parameters: () => ({ Acceleration: name, ...(label !== undefined && { "Acceleration file": label }) }),
  };
}

function configOf(model: SchedulerConfig, { scheduler: { className, options } }: MethodSettings) {
  return methodConfig(model, className, options);
}

/** Another scheduler by the user's choice keeps the method's spacing of timesteps. */
function presetOf(
  preset: SchedulerConfig | undefined,
  { scheduler: { options } }: MethodSettings,
): SchedulerConfig | undefined {
  if (!preset || options.timestep_spacing === undefined) return preset;
  return { ...preset, timestep_spacing: options.timestep_spacing };
}

function checkRanges(
  title: string,
  { steps, guidanceScale }: MethodSettings,
  request: RequestSettings,
): readonly SunstepWarning[] {
  return [
    ...outside("steps", request.steps, steps, title),
    ...outside("guidanceScale", request.guidanceScale, guidanceScale, title),
  ];
}

function outside(option: string, value: number, range: Range, title: string): readonly SunstepWarning[] {
  if (value >= range.from && value <= range.to) return [];
  return [
    accelerationWarning(
      "METHOD_RANGE",
      `${option} ${value}: ${title} was made for ${rangeText(range)}, so that images may be worse; leave ${option} out for ${range.value}`,
      { option, value },
    ),
  ];
}

const rangeText = ({ from, to }: Range): string => (from === to ? String(from) : `${from} to ${to}`);
