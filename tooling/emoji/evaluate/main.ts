// `pnpm evaluate`: measures whether SUN's claims hold on the emoji model. With --json the last line is one JSON object;
// --write writes docs/results.json and the tables of docs/results.md.
import { evaluate } from "./evaluate.js";
import { parseOptions, usage } from "./options.js";
import { tables } from "./report/tables.js";
import { writeDocs } from "./report/write-docs.js";

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  const results = await evaluate(options, (line) => console.error(line));
  console.log(Object.values(tables(results)).join("\n\n"));
  for (const line of results.details.leftOut) console.log(`Left out: ${line}`);
  if (options.write) await writeDocs(results);
  const { details: _, ...summary } = results;
  if (options.json) console.log(JSON.stringify(summary));
}

main().catch((error: Error) => {
  console.error(error instanceof RangeError || "code" in error ? `${error.message}\n${usage}` : error);
  process.exitCode = 1;
});
