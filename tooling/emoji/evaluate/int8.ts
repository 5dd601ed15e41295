// `pnpm evaluate:int8 [--prompts N] [--write] [--cache FOLDER] [--workers N]`: compares SUN's images in 8 bits with those in
// float32. --write writes the sheet docs/int8.png and the table of docs/performance.md.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createNodeRuntime } from "@sunstep/runtime-node";
import { int8Comparison } from "./claims/int8.js";
import { openFeatureStores } from "./features/feature-stores.js";
import { Gallery } from "./images/gallery.js";
import { ImageStore } from "./images/image-store.js";
import { embeddedModel } from "./images/studio.js";
import { int8Table } from "./report/int8.js";
import { int8Sheet } from "./report/sheets.js";
import { docs } from "./report/write-docs.js";

const { values } = parseArgs({
  // pnpm hands a "--" on
  args: process.argv.slice(2).filter((arg) => arg !== "--"),
  options: {
    prompts: { type: "string", default: "512" },
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
  const files = { model: embeddedModel, adapter: join(embeddedModel, "sun_adapter.safetensors") };
  const context = { gallery, runtimes, prompts: Number(values.prompts) };
  const comparison = await int8Comparison(context, files, features.ImageNet);
  const table = int8Table(comparison);
  console.log(table);
  if (values.write) {
    const { float32, int8 } = comparison.sets;
    await writeFile(docs("int8.png"), await int8Sheet(float32, int8));
    const text = await readFile(docs("performance.md"), "utf8");
    const place = /<!-- int8 -->[\s\S]*<!-- end of int8 -->/;
    await writeFile(
      docs("performance.md"),
      text.replace(place, () => `<!-- int8 -->\n\n${table}\n\n<!-- end of int8 -->`),
    );
  }
} finally {
  await Promise.all(runtimes.map((runtime) => runtime.dispose()));
}
