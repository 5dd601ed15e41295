import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { mscPlot } from "./msc-plot.js";
import { placeTables } from "./place-tables.js";
import type { Results } from "./results.js";
import { tables } from "./tables.js";

export const docs = (name: string) => fileURLToPath(new URL(`../../../../docs/${name}`, import.meta.url));

/** Writes docs/results.json, and from it the tables of docs/results.md and the plot. */
export async function writeDocs(results: Results): Promise<void> {
  await writeFile(docs("results.json"), `${JSON.stringify(results, null, 2)}\n`);
  await writeFile(docs("msc.svg"), mscPlot(results.msc));
  const text = await readFile(docs("results.md"), "utf8");
  await writeFile(docs("results.md"), placeTables(text, tables(results)));
}
