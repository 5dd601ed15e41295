// `pnpm evaluate:strict [--prompts N] [--fine-tune-prompts N] [--pairs N] [--fine-tunes FOLDER] [--write] [--cache FOLDER]
// [--workers N]`: measures 4 steps of SUN against the teacher with other seeds, by two networks, and the drift of colours. --write
// writes docs/strict.json and its tables of docs/results.md.
import { parseArgs } from "node:util";
import { CEILING, ESSENTIAL, FLOOR, modelSets } from "./claims/model-sets.js";
import { REPORTED_PAIRS } from "./claims/negative-methods.js";
import { negativePrompts } from "./claims/negative-prompts.js";
import { galleryOptions, withGallery } from "./images/open-gallery.js";
import { embeddedModel, embeddedSun } from "./images/studio.js";
import { compareStrictly } from "./measures/compare-strictly.js";
import { foundFineTunes } from "./options.js";
import { describeMachine } from "./report/machine.js";
import type { StrictModel, StrictResults } from "./report/strict-results.js";
import { strictTables } from "./report/strict-tables.js";
import { writeStrictDocs } from "./report/write-docs.js";

const { values } = parseArgs({
  // pnpm hands a "--" on
  args: process.argv.slice(2).filter((arg) => arg !== "--"),
  options: {
    prompts: { type: "string", default: "512" },
    "fine-tune-prompts": { type: "string", default: "512" },
    pairs: { type: "string", default: String(REPORTED_PAIRS) },
    "fine-tunes": { type: "string", default: process.env.SUNSTEP_FINE_TUNES ?? "" },
    write: { type: "boolean", default: false },
    ...galleryOptions,
  },
});

await withGallery(values, async ({ gallery, features, runtimes }) => {
  const measure = async (name: string, model: string, prompts: number): Promise<StrictModel> => {
    const sets = await modelSets(
      { gallery, runtimes, prompts },
      name,
      { model },
      { sun: embeddedSun },
      ESSENTIAL,
    );
    return { prompts, sets: await compareStrictly(sets, { floor: FLOOR, ceiling: CEILING }) };
  };
  const models: Record<string, StrictModel> = {
    base: await measure("base", embeddedModel, Number(values.prompts)),
  };
  for (const [name, model] of Object.entries(foundFineTunes(values["fine-tunes"]).found)) {
    models[name] = await measure(name, model, Number(values["fine-tune-prompts"]));
  }
  const context = { gallery, runtimes, prompts: Number(values.prompts) };
  const files = { model: embeddedModel, adapter: embeddedSun };
  const results: StrictResults = {
    machine: describeMachine(),
    networks: { ImageNet: features.ImageNet.network, latents: features.latents.network },
    models,
    negative: await negativePrompts(context, files, Number(values.pairs), features.ImageNet),
  };
  console.log(Object.values(strictTables(results)).join("\n\n"));
  if (values.write) await writeStrictDocs(results);
});
