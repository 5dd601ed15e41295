import { fields } from "@sunstep/errors";
import type { JsonObject } from "../json.js";
import { type ConfigRules, checkConfig } from "./fields.js";

const rules: ConfigRules<{ readonly _class_name: string }> = { _class_name: { field: fields.text } };

/** Checks that a scheduler's config names its class; `@sunstep/scheduler` checks the rest. Throws `CHECKPOINT_CONFIG`. */
export function checkSchedulerConfig(json: JsonObject, file: string): JsonObject {
  checkConfig(json, rules, file);
  return json;
}
