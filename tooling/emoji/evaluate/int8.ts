// `pnpm evaluate:int8 [--prompts N] [--write] [--cache FOLDER] [--workers N]`: compares SUN's images in 8 bits with those in
// float32. --write writes the sheet docs/int8.png and the table of docs/performance.md.
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { int8Comparison } from "./claims/int8.js";
import { galleryOptions, withGallery } from "./images/open-gallery.js";
import { embeddedModel, embeddedSun } from "./images/studio.js";
import { int8Table } from "./report/int8.js";
import { int8Sheet } from "./report/sheets.js";
import { docs, writeBetween } from "./report/write-docs.js";

const { values } = parseArgs({
  // pnpm hands a "--" on
  args: process.argv.slice(2).filter((arg) => arg !== "--"),
  options: {
    prompts: { type: "string", default: "512" },
    write: { type: "boolean", default: false },
    ...galleryOptions,
  },
});

await withGallery(values, async ({ gallery, features, runtimes }) => {
  const files = { model: embeddedModel, adapter: embeddedSun };
  const context = { gallery, runtimes, prompts: Number(values.prompts) };
  const comparison = await int8Comparison(context, files, features.ImageNet);
  const table = int8Table(comparison);
  console.log(table);
  if (values.write) {
    const { float32, int8 } = comparison.sets;
    await writeFile(docs("int8.png"), await int8Sheet(float32, int8));
    await writeBetween("performance.md", ["int8", "end of int8"], table);
  }
});
