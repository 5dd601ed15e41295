// `pnpm evaluate:negatives [--pairs N] [--tuning N] [--write] [--cache FOLDER] [--workers N]`: compares the methods for negative
// prompts at 4 steps. --write writes docs/negative-methods.json and the tables of docs/negative-methods.md.
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { negativeMethods } from "./claims/negative-methods.js";
import { galleryOptions, withGallery } from "./images/open-gallery.js";
import { embeddedModel, embeddedSun } from "./images/studio.js";
import { describeMachine } from "./report/machine.js";
import { negativeMethodsTables } from "./report/negative-methods.js";
import { writeNegativeMethods } from "./report/write-docs.js";

const { values } = parseArgs({
  // pnpm hands a "--" on
  args: process.argv.slice(2).filter((arg) => arg !== "--"),
  options: {
    pairs: { type: "string", default: "402" },
    tuning: { type: "string", default: "120" },
    write: { type: "boolean", default: false },
    ...galleryOptions,
  },
});

await withGallery(values, async ({ gallery, features, runtimes }) => {
  const options = { pairs: Number(values.pairs), tuningPairs: Number(values.tuning) };
  const files = {
    model: embeddedModel,
    adapter: embeddedSun,
    lcm: fileURLToPath(new URL("adapters/lcm.safetensors", import.meta.url)),
  };
  const context = { gallery, runtimes, prompts: options.pairs };
  const results = {
    machine: describeMachine(),
    ...(await negativeMethods(context, files, features.ImageNet, options)),
  };
  const tables = `${negativeMethodsTables(results)}\n\n${results.machine}.`;
  console.log(tables);
  if (values.write) await writeNegativeMethods(results, tables);
});
