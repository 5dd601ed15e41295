// Cuts the repository's share of a reference set's random draws: three seeds, every kind of draw.
// node tooling/reference/cut/rng.mjs REFERENCE_DIR

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { casesOf, replaceCases } from "./case-index.mjs";
import { cutSafetensors } from "./safetensors.mjs";

const seeds = new Set(["0", "42", "9223372036854775807"]);
const source = process.argv[2];
if (!source) throw new Error("usage: rng.mjs REFERENCE_DIR");
const target = fileURLToPath(new URL("../fixtures", import.meta.url));

const { note, cases } = JSON.parse(readFileSync(join(source, "rng/torch_cpu.json"), "utf8"));
const kept = cases.filter((c) => seeds.has(c.seed));
const names = new Set(kept.flatMap((c) => [c.full, ...(c.draws ?? []).map((d) => d.full)]));
mkdirSync(join(target, "rng"), { recursive: true });
writeFileSync(join(target, "rng/torch_cpu.json"), `${JSON.stringify({ note, cases: kept })}\n`);
cutSafetensors(join(source, "rng/torch_cpu.safetensors"), join(target, "rng/torch_cpu.safetensors"), (name) =>
  names.has(name),
);
replaceCases(target, "rng", casesOf(source, "rng"));

for (const name of ["philox_derived.json", "philox_derived.safetensors"]) {
  copyFileSync(join(source, "rng", name), join(target, "rng", name));
}
replaceCases(target, "rng-philox", casesOf(source, "rng-philox"));
