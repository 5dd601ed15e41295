// Copies a reference set's gradients of single operators, and some of its training cases with their files.
// node tooling/reference/cut/training.mjs REFERENCE_DIR

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { casesOf, replaceCases } from "./case-index.mjs";

/** Each kind of loss once, both predictions, both adapters, and one trajectory. */
const chosen = [
  "cfg_distillation_mse_tiny-sd15_plain",
  "cfg_distillation_huber_eps_tiny-sd21_plain",
  "msc_all_tiny-sd15_addpos",
  "mixed_tiny-sd21_plain",
  "adamw_mse_tiny-sd15_plain",
];

const source = process.argv[2];
if (!source) throw new Error("usage: training.mjs REFERENCE_DIR");
const target = fileURLToPath(new URL("../fixtures", import.meta.url));
const take = (file) => {
  mkdirSync(dirname(join(target, file)), { recursive: true });
  copyFileSync(join(source, file), join(target, file));
};
const readIndex = (path) => JSON.parse(readFileSync(join(source, path), "utf8"));
const writeIndex = (path, index) => writeFileSync(join(target, path), `${JSON.stringify(index)}\n`);

for (const entry of casesOf(source, "gradient-ops")) {
  take(entry.file);
  writeIndex(entry.cases, readIndex(entry.cases));
}
replaceCases(target, "gradient-ops", casesOf(source, "gradient-ops"));

const entries = casesOf(source, "training").filter((entry) => chosen.includes(entry.case));
const path = entries[0].cases;
const { files, student_adapters, ...index } = readIndex(path);
const cases = index.cases.filter(({ name }) => chosen.includes(name));
writeIndex(path, { ...index, cases: cases.map(({ measured, steps_float64, ...fields }) => fields) });
take("training/schedule.safetensors");
for (const { file, model, kind, add_pos } of cases) {
  const adapter = `${model}_${add_pos ? "addpos" : "plain"}.safetensors`;
  take(`training/${file}`);
  take(`training/text_${model}.safetensors`);
  take(`sun/${adapter}`);
  if (kind === "msc" || kind === "mixed") take(`training/ema_${adapter}`);
}
replaceCases(target, "training", entries);
