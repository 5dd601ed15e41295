import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The entries of one kind in a reference set's cases.json. */
export function casesOf(source, kind) {
  return JSON.parse(readFileSync(join(source, "cases.json"), "utf8")).cases.filter((c) => c.kind === kind);
}

/** Replaces the entries of one kind in the fixtures' cases.json; others stay. */
export function replaceCases(target, kind, cases) {
  writeCases(target, (index) => [...index.filter((c) => c.kind !== kind), ...cases]);
}

/** Adds entries to the fixtures' cases.json, in the place of those of the same id. */
export function addCases(target, cases) {
  const ids = cases.map(({ id }) => id);
  writeCases(target, (index) => [...index.filter((c) => !ids.includes(c.id)), ...cases]);
}

/** Writes the entries in the order of their kinds and ids. */
function writeCases(target, change) {
  const path = join(target, "cases.json");
  const index = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : { format: 1, cases: [] };
  const all = change(index.cases);
  all.sort((a, b) => (a.kind === b.kind ? (a.id < b.id ? -1 : 1) : a.kind < b.kind ? -1 : 1));
  writeFileSync(path, `${JSON.stringify({ ...index, cases: all }, undefined, 1)}\n`);
}
