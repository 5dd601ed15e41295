// Renders the emoji and writes a data folder to train on: pnpm emoji-data --out FOLDER
import { parseArgs } from "node:util";
import { CONCEPTS } from "./src/concepts.js";
import { writeDataFolder } from "./src/data-folder.js";
import { encodePictures } from "./src/encode.js";
import { TRAINING_SETS } from "./src/picture-sets.js";
import { type Picture, planPictures } from "./src/plan.js";
import { Random } from "./src/random.js";
import { openIcons } from "./src/render.js";

const { values } = parseArgs({
  options: {
    out: { type: "string" },
    seed: { type: "string", default: "7" },
    /** Only the first so many concepts, for a try. */
    concepts: { type: "string", default: String(CONCEPTS.length) },
  },
});
if (values.out === undefined) {
  console.error("usage: pnpm emoji-data --out FOLDER [--seed 7] [--concepts 445]");
  process.exit(2);
}

const random = new Random(Number(values.seed));
const pictures: Picture[] = [];
for (const set of TRAINING_SETS) {
  const icons = openIcons(set);
  const before = pictures.length;
  for (const concept of CONCEPTS.slice(0, Number(values.concepts)))
    pictures.push(...(await planPictures(icons, concept, random)));
  console.log(`${set}: ${pictures.length - before} pictures`);
}
const began = performance.now();
const latents = await encodePictures(pictures, (done) => {
  if (done % 1600 !== 0 && done !== pictures.length) return;
  const rate = done / ((performance.now() - began) / 1000);
  console.log(`encoded ${done} of ${pictures.length}, ${rate.toFixed(0)} pictures/s`);
});
await writeDataFolder(values.out, latents, pictures);
console.log(`${values.out}: ${pictures.length} pictures`);
