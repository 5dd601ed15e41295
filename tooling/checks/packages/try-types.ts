import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { command } from "./command.js";
import type { PackedPackage } from "./pack-all.js";

/** The oldest TypeScript that the README of sunstep names, and the newest there is. */
export const typescripts = {
  "typescript-oldest": "npm:typescript@~5.7.3",
  "typescript-newest": "npm:typescript@^7.0.2",
} as const;

/** Compiles an import of every entry of the packages, their declarations included. Returns a problem, if any. */
export async function tryTypes(
  folder: string,
  packages: readonly PackedPackage[],
): Promise<string | undefined> {
  const place = join(folder, "consumers/types");
  mkdirSync(place, { recursive: true });
  const entries = packages.flatMap(({ name, folder: source }) => typedEntries(name, source));
  const text = entries.map((entry, i) => `export * as entry${i} from "${entry}";\n`).join("");
  writeFileSync(join(place, "package.json"), JSON.stringify({ private: true, type: "module" }));
  writeFileSync(join(place, "all.ts"), text);
  const options = ["--noEmit", "--strict", "--target", "es2022", "--module", "nodenext", "--types", "node"];
  for (const name of Object.keys(typescripts)) {
    const compiler = join(folder, "node_modules", name);
    const args = [join(compiler, "bin/tsc"), ...options, "--lib", "es2023,dom,dom.iterable", "all.ts"];
    const { ok, output } = await command(process.execPath, args, place);
    if (!ok) return `TypeScript ${versionOf(compiler)}:\n${output}`;
  }
  return namedVersion(folder);
}

/** Returns a problem if the README names another version than the oldest that is tried. */
function namedVersion(folder: string): string | undefined {
  const readme = readFileSync(join(folder, "node_modules/sunstep/README.md"), "utf8");
  const named = /TypeScript (\d+\.\d+) or newer/.exec(readme)?.[1];
  const tried = versionOf(join(folder, "node_modules/typescript-oldest"));
  return tried.startsWith(`${named}.`) ? undefined : `the README names ${named}, ${tried} is tried`;
}

function typedEntries(name: string, source: string): string[] {
  const { exports = {} } = readJson<{ exports?: Record<string, string | object> }>(source);
  return Object.entries(exports)
    .filter(([, entry]) => typeof entry === "object")
    .map(([path]) => name + path.slice(1));
}

const versionOf = (folder: string) => readJson<{ version: string }>(folder).version;

function readJson<T>(folder: string): T {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as T;
}
