// `pnpm evaluate:drawings --data FOLDER [--prompts N] [--guidance 1.5,2,3,4] [--write] [--cache FOLDER] [--workers N]`: measures how
// near the model's images come to the drawings that it learned from. FOLDER is made by `pnpm emoji-data --out FOLDER`. --write writes
// the table of docs/results.md.
import { parseArgs } from "node:util";
import { folderTree } from "@sunstep/checkpoint/node";
import { openTrainingData } from "@sunstep/distillation";
import { distancesToDrawings } from "./claims/drawings.js";
import { galleryOptions, withGallery } from "./images/open-gallery.js";
import { embeddedModel, embeddedSun } from "./images/studio.js";
import { drawingsTable } from "./report/drawings.js";
import { writeBetween } from "./report/write-docs.js";

const { values } = parseArgs({
  // pnpm hands a "--" on
  args: process.argv.slice(2).filter((arg) => arg !== "--"),
  options: {
    data: { type: "string", default: ".cache/emoji-data" },
    prompts: { type: "string", default: "512" },
    guidance: { type: "string", default: "1.5,2,3,4" },
    write: { type: "boolean", default: false },
    ...galleryOptions,
  },
});

await withGallery(values, async ({ gallery, runtimes }) => {
  const files = { model: embeddedModel, adapter: embeddedSun };
  const context = { gallery, runtimes, prompts: Number(values.prompts) };
  const data = await openTrainingData(folderTree(values.data));
  const scales = values.guidance.split(",").map(Number);
  const table = drawingsTable(await distancesToDrawings(context, files, data, scales));
  console.log(table);
  if (values.write) await writeBetween("results.md", ["drawings", "end of drawings"], table);
});
