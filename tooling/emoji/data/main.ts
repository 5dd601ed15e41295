// Renders the emoji and writes a data folder to train on: pnpm emoji-data --out FOLDER (README.md has the options)
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openComponent } from "@sunstep/checkpoint";
import { folderTree } from "@sunstep/checkpoint/node";
import { emojiModelUrl } from "@sunstep/emoji-model";
import { blueprint, differsInOutline } from "./src/blueprint.js";
import { CONCEPTS } from "./src/concepts.js";
import { writeDataFolder } from "./src/data-folder.js";
import { writeDrawings } from "./src/drawings.js";
import { isEmojiSet, TRAINING_SETS } from "./src/emoji-sets.js";
import { encodeImages } from "./src/encode.js";
import { type PlannedImage, planImages } from "./src/plan.js";
import { Random } from "./src/random.js";
import { openIcons } from "./src/render.js";

const USAGE =
  "usage: pnpm emoji-data --out FOLDER [--sets noto,twemoji] [--vae FOLDER] [--seed 7] [--drawings] [--blueprint]";
const { values } = parseArgs({
  options: {
    out: { type: "string" },
    sets: { type: "string", default: TRAINING_SETS.join(",") },
    vae: { type: "string", default: fileURLToPath(new URL("vae/", emojiModelUrl)) },
    seed: { type: "string", default: "7" },
    drawings: { type: "boolean", default: false },
    blueprint: { type: "boolean", default: false },
  },
});
const { out, seed } = values;
const sets = values.sets.split(",").filter(isEmojiSet);
if (out === undefined || sets.length !== values.sets.split(",").length) {
  console.error(USAGE);
  process.exit(2);
}
if (values.drawings) {
  for (const set of sets) console.log(`${set}: ${await writeDrawings(out, openIcons(set))} drawings`);
} else {
  const vae = await openComponent("vae", folderTree(values.vae));
  const random = new Random(Number(seed));
  const images: PlannedImage[] = [];
  for (const set of sets) {
    const icons = openIcons(set);
    const before = images.length;
    for (const concept of CONCEPTS) {
      const planned = await planImages(icons, concept, random);
      images.push(...(values.blueprint ? planned.filter(differsInOutline) : planned));
    }
    console.log(`${set}: ${images.length - before} images`);
  }
  const began = performance.now();
  const latents = await encodeImages(vae, images, {
    ...(values.blueprint && { filter: blueprint }),
    onProgress(done) {
      if (done % 1600 !== 0 && done !== images.length) return;
      const rate = done / ((performance.now() - began) / 1000);
      console.log(`encoded ${done} of ${images.length}, ${rate.toFixed(0)} images/s`);
    },
  });
  await writeDataFolder(out, latents, images);
}
