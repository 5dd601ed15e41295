// `pnpm evaluate:negatives-image [--cache FOLDER] [--workers N]`: writes docs/negative-methods.webp, the first eight reported pairs by each method.
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { contactSheet } from "@sunstep/image";
import sharp from "sharp";
import { withStudios } from "./claims/context.js";
import { BASES, methodsOver } from "./claims/negative-candidates.js";
import { REPORTED_SEED } from "./claims/negative-methods.js";
import { galleryOptions, withGallery } from "./images/open-gallery.js";
import { type Sampler, TEACHER } from "./images/sampler.js";
import { embeddedModel, embeddedSun } from "./images/studio.js";
import { attributePairs } from "./prompts/attribute-pairs.js";
import { docs, readNegativeMethods } from "./report/write-docs.js";

/** Rows, and the quality of WebP: some 100 kB in all. */
const PAIRS = 8;
const QUALITY = 85;
/** The order of the methods' columns, between 25 guided steps and the plain sampler, and 4 guided steps. */
const METHODS = ["SUN", "NAG", "NASA", "VSF", "guidance"] as const;

const { values } = parseArgs({
  args: process.argv.slice(2).filter((arg) => arg !== "--"),
  options: galleryOptions,
});

/** The sampler of each column: methods at the strength that the comparison chose. */
async function columns(): Promise<readonly Sampler[]> {
  const [plain] = BASES;
  const { methods } = await readNegativeMethods();
  const chosen = METHODS.map((name) => {
    const { strength } = methods.find(({ base, method }) => base === plain!.name && method === name)!;
    const { candidates } = methodsOver(plain!).find((method) => method.name === name)!;
    return candidates.find((candidate) => candidate.strength === strength)!.sampler;
  });
  return [TEACHER, plain!.sampler, ...chosen];
}

const samplers = await columns();
await withGallery(values, async ({ gallery, runtimes }) => {
  const pairs = attributePairs(PAIRS, REPORTED_SEED);
  for (const { caption, negative } of pairs) console.log(`${caption}, without "${negative}"`);
  const files = { model: embeddedModel, adapter: embeddedSun };
  const sets = await withStudios({ gallery, runtimes, prompts: PAIRS }, files, async (studios) => {
    const made = [];
    for (const sampler of samplers) made.push(await gallery.collect("image", studios, sampler, pairs));
    return made;
  });
  const images = await Promise.all(pairs.flatMap((_, index) => sets.map((set) => set.image(index))));
  const { width, height, channels, data } = contactSheet(images, sets.length);
  const webp = sharp(data, { raw: { width, height, channels } }).webp({ quality: QUALITY });
  await writeFile(docs("negative-methods.webp"), await webp.toBuffer());
});
