// Takes a reference set's gradients of single operators as they are, and of one whole adapter with its prompts.
// node tooling/reference/cut-fixtures/training.mjs REFERENCE_DIR

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { casesOf, replaceCases } from "./case-index.mjs";

const source = process.argv[2];
if (!source) throw new Error("usage: training.mjs REFERENCE_DIR");
const target = fileURLToPath(new URL("../fixtures", import.meta.url));

mkdirSync(join(target, "training"), { recursive: true });
for (const entry of casesOf(source, "gradient-ops")) {
  const index = JSON.parse(readFileSync(join(source, entry.cases), "utf8"));
  writeFileSync(join(target, entry.cases), `${JSON.stringify(index)}\n`);
  writeFileSync(join(target, entry.file), readFileSync(join(source, entry.file)));
}
const adapter = ["cfg_distillation_mse_tiny-sd15_plain", "text_tiny-sd15"];
for (const name of adapter) {
  const file = `training/${name}.safetensors`;
  writeFileSync(join(target, file), readFileSync(join(source, file)));
}
replaceCases(target, "gradient-ops", casesOf(source, "gradient-ops"));
