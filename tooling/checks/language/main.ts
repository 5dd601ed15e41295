// `pnpm check:language [FOLDER …]`: whether comments, messages and names keep the house's language. With folders, every
// finding in them is printed.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { allowedPictures, limits } from "./limits.js";
import { type Findings, findings } from "./rules.js";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const skipped = new Set(["node_modules", "dist", "fixtures", "model", ".cache", ".turbo"]);
const WORST = 12;

function* filesUnder(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !skipped.has(entry.name)) yield* filesUnder(path);
    if (entry.isFile() && /\.(ts|tsx|mts|js|mjs|py|md)$/.test(entry.name)) yield path;
  }
}

const folders = ["packages", "apps", "examples", "tooling", "docs"];
const documents = readdirSync(root).filter((name) => name.endsWith(".md"));
const all = new Map<string, Findings>();
for (const path of [...documents, ...folders.flatMap((folder) => [...filesUnder(join(root, folder))])]) {
  const name = relative(root, resolve(root, path)).split(sep).join("/");
  const found = findings(name, readFileSync(resolve(root, path), "utf8"));
  const allowed = allowedPictures.some(([start]) => name.startsWith(start));
  all.set(name, allowed ? { ...found, pictures: [] } : found);
}

const rules = [
  ["hiddenSubjects", "comment lines that begin with What, Which, Whose, Whoever, Of or Whether"],
  ["pictures", 'lines that say "picture" where "image" is meant'],
] as const;

const shown = process.argv.slice(2).filter((arg) => arg !== "--");
for (const [name, found] of all) {
  if (!shown.some((folder) => name.startsWith(folder))) continue;
  for (const [rule] of rules)
    for (const { line, text } of found[rule]) console.log(`${name}:${line}: ${text}`);
}

const total = [...all.values()].reduce((sum, { commentLines }) => sum + commentLines, 0);
const most = { hiddenSubjects: Math.floor(total * limits.hiddenSubjects), pictures: limits.pictures };
for (const [rule, title] of rules) {
  const counts = [...all].map(([name, found]) => ({ name, count: found[rule].length }));
  const sum = counts.reduce((before, { count }) => before + count, 0);
  console.log(`${sum} ${title}; at most ${most[rule]}${rule === "hiddenSubjects" ? ` of ${total}` : ""}`);
  if (sum <= most[rule]) continue;
  process.exitCode = 1;
  const worst = counts.filter(({ count }) => count > 0).sort((a, b) => b.count - a.count);
  for (const { name, count } of worst.slice(0, WORST)) console.log(`  ${String(count).padStart(4)} ${name}`);
}
