// Cuts the repository's share of a reference set's scheduler trajectories: for every class the fewest cases that cover each
// value of each option, number of steps and argument, and each combination of a method's options over 8 or more steps; its
// add_noise case; and all refusals.
// node tooling/reference/cut/schedulers.mjs REFERENCE_DIR

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { casesOf, replaceCases } from "./case-index.mjs";
import { cutSafetensors } from "./safetensors.mjs";

const source = process.argv[2];
if (!source) throw new Error("usage: schedulers.mjs REFERENCE_DIR");
const target = fileURLToPath(new URL("../fixtures", import.meta.url));

/** Lists the features that a case covers. */
function features(entry) {
  const options = { ...entry.config, ...entry.set_timesteps_kwargs, ...entry.step_kwargs };
  const { timestep_spacing, prediction_type, steps_offset, ...method } = options;
  return [
    ...(entry.num_inference_steps >= 8 ? [`method=${JSON.stringify(method)}`] : []),
    ...Object.entries(options).map(([name, value]) => `${name}=${JSON.stringify(value)}`),
    `steps=${entry.num_inference_steps > 8 ? "many" : entry.num_inference_steps}`,
    `img2img=${entry.strength !== undefined}`,
    `what=${entry.what}`,
  ];
}

/** Greedy cover: the case with the most features that are still missing, then the one with the fewest steps. */
function* cover(entries) {
  const missing = new Set(entries.flatMap(features));
  while (missing.size > 0) {
    const gain = (entry) => features(entry).filter((feature) => missing.has(feature)).length;
    const best = entries.reduce((a, b) => {
      const [more, fewer] = [gain(b) - gain(a), a.num_inference_steps - b.num_inference_steps];
      return more > 0 || (more === 0 && fewer > 0) ? b : a;
    });
    for (const feature of features(best)) missing.delete(feature);
    yield best;
  }
}

const index = JSON.parse(readFileSync(join(source, "schedulers/cases.json"), "utf8"));
const classes = [...new Set(index.cases.map((entry) => entry.class))];
const kept = classes.flatMap((name) => [...cover(index.cases.filter((entry) => entry.class === name))]);
const ids = new Set(kept.map((entry) => entry.id));

mkdirSync(join(target, "schedulers"), { recursive: true });
const cases = index.cases.filter((entry) => ids.has(entry.id));
writeFileSync(join(target, "schedulers/cases.json"), `${JSON.stringify({ ...index, cases })}\n`);
for (const name of classes) {
  const file = `schedulers/${name}.safetensors`;
  const isKept = (tensor) => ids.has(tensor.slice(0, tensor.lastIndexOf(".")));
  cutSafetensors(join(source, file), join(target, file), isKept);
}
const entries = casesOf(source, "scheduler").filter((entry) => ids.has(entry.case));
replaceCases(target, "scheduler", entries);
