// `pnpm evaluate:negatives [--pairs N] [--tuning N] [--write] [--cache FOLDER] [--workers N]`: compares the methods for negative
// prompts at 4 steps. --write writes docs/negative-methods.json and the tables of docs/negative-methods.md.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { negativeMethods } from "./claims/negative-methods.js";
import { openFeatureStores } from "./features/feature-stores.js";
import { Gallery } from "./images/gallery.js";
import { ImageStore } from "./images/image-store.js";
import { embeddedModel } from "./images/studio.js";
import { describeMachine } from "./report/machine.js";
import { negativeMethodsTables } from "./report/negative-methods.js";
import { docs } from "./report/write-docs.js";

const { values } = parseArgs({
  // pnpm hands a "--" on
  args: process.argv.slice(2).filter((arg) => arg !== "--"),
  options: {
    pairs: { type: "string", default: "402" },
    tuning: { type: "string", default: "120" },
    write: { type: "boolean", default: false },
    cache: { type: "string", default: fileURLToPath(new URL("../../../.cache/evaluate", import.meta.url)) },
    workers: { type: "string", default: "2" },
  },
});

const runtimes = await Promise.all(
  Array.from({ length: Number(values.workers) }, () => createNodeRuntime({ threads: 1 })),
);
try {
  const features = await openFeatureStores(join(values.cache, "features"), runtimes[0]!);
  const log = (line: string) => console.error(line);
  const gallery = new Gallery(new ImageStore(join(values.cache, "images")), features, log);
  const options = { pairs: Number(values.pairs), tuningPairs: Number(values.tuning) };
  const files = {
    model: embeddedModel,
    adapter: join(embeddedModel, "sun_adapter.safetensors"),
    lcm: fileURLToPath(new URL("adapters/lcm.safetensors", import.meta.url)),
  };
  const context = { gallery, runtimes, prompts: options.pairs };
  const results = {
    machine: describeMachine(),
    ...(await negativeMethods(context, files, features.ImageNet, options)),
  };
  const tables = `${negativeMethodsTables(results)}\n\n${results.machine}.`;
  console.log(tables);
  if (values.write) {
    await writeFile(docs("negative-methods.json"), `${JSON.stringify(results, null, 2)}\n`);
    const text = await readFile(docs("negative-methods.md"), "utf8");
    const place = /<!-- tables -->[\s\S]*<!-- end -->/;
    await writeFile(
      docs("negative-methods.md"),
      text.replace(place, () => `<!-- tables -->\n\n${tables}\n\n<!-- end -->`),
    );
  }
} finally {
  await Promise.all(runtimes.map((runtime) => runtime.dispose()));
}
