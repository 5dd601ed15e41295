import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { NegativeMethods } from "../claims/negative-methods.js";
import { mscPlot } from "./msc-plot.js";
import { placeBetween, placeTables } from "./place-tables.js";
import type { Results } from "./results.js";
import type { StrictResults } from "./strict-results.js";
import { strictTables } from "./strict-tables.js";
import { tables } from "./tables.js";

export const docs = (name: string) => fileURLToPath(new URL(`../../../../docs/${name}`, import.meta.url));

/** Replaces the text of a document between the comments of two names. */
export const writeBetween = (
  name: string,
  places: readonly [string, string],
  content: string,
): Promise<void> => rewrite(name, (text) => placeBetween(text, places, content));

async function rewrite(name: string, change: (text: string) => string): Promise<void> {
  await writeFile(docs(name), change(await readFile(docs(name), "utf8")));
}

const writeJson = (name: string, results: object): Promise<void> =>
  writeFile(docs(name), `${JSON.stringify(results, null, 2)}\n`);

/** Writes docs/negative-methods.json, and the tables of docs/negative-methods.md. */
export async function writeNegativeMethods(results: NegativeMethods, tables: string): Promise<void> {
  await writeJson("negative-methods.json", results);
  await writeBetween("negative-methods.md", ["tables", "end"], tables);
}

/** Reads the comparison of methods for negative prompts. */
export async function readNegativeMethods(): Promise<NegativeMethods> {
  return JSON.parse(await readFile(docs("negative-methods.json"), "utf8")) as NegativeMethods;
}

/** Writes docs/strict.json, and from it the stricter tables of docs/results.md. */
export async function writeStrictDocs(results: StrictResults): Promise<void> {
  await writeJson("strict.json", results);
  await rewrite("results.md", (text) => placeTables(text, strictTables(results), "strict"));
}

/** Writes docs/results.json, and from it the tables of docs/results.md and the plot. */
export async function writeDocs(results: Results): Promise<void> {
  await writeJson("results.json", results);
  await writeFile(docs("msc.svg"), mscPlot(results.msc));
  await rewrite("results.md", (text) => placeTables(text, tables(results)));
}
