import { fields } from "@sunstep/errors";
import type { JsonObject } from "../json.js";
import { type ConfigRules, checkConfig } from "./fields.js";

/** diffusers' scheduler_config.json, as it is; the scheduler package checks the rest. */
export interface SchedulerConfig {
  readonly _class_name: string;
  readonly [option: string]: unknown;
}

const rules: ConfigRules<{ readonly _class_name: string }> = { _class_name: { field: fields.text } };

/** Checks that a scheduler's config names its class, no more. Throws `CHECKPOINT_CONFIG`. */
export function parseSchedulerConfig(
  json: JsonObject,
  file = "scheduler/scheduler_config.json",
): SchedulerConfig {
  return { ...checkConfig(json, rules, file) };
}
