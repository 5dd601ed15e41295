// How near the model's images come to the drawings that it learned from.
import type { TrainingData } from "@sunstep/distillation";
import type { NetworkName } from "../features/feature-network.js";
import { Drawings, drawnCaptions } from "../images/drawings.js";
import type { ImageSet } from "../images/gallery.js";
import { sun, TEACHER } from "../images/sampler.js";
import type { StudioFiles } from "../images/studio.js";
import { type Distance, distancesBy } from "../measures/distances.js";
import { type Context, withStudios } from "./context.js";
import { SUN, SUN_SCHEDULER } from "./model-sets.js";

export interface DrawingDistances {
  /** Images in each set. */
  readonly images: number;
  /** Distances of sets by their names and by network. */
  readonly sets: Readonly<Record<string, Readonly<Record<NetworkName, Distance["fd"]>>>>;
}

/** The floor: drawings against other drawings. */
const OTHERS = "other drawings";

/**
 * Compares 25 steps with each guidance scale, and 4 of SUN, with drawings of the data. The images have the captions of further
 * drawings, which are the floor.
 */
export async function distancesToDrawings(
  context: Context,
  files: StudioFiles,
  data: TrainingData,
  guidance: readonly number[],
): Promise<DrawingDistances> {
  const { gallery, runtimes, prompts: images } = context;
  const drawn = drawnCaptions(data, 2 * images);
  const [captions, references] = [drawn.slice(0, images), drawn.slice(images)];
  const drawings = await Drawings.open(data, runtimes[0]!);
  // A drawing has no sampler: TEACHER is a part of its key alone.
  const reference = await gallery.collect("drawings", [drawings], TEACHER, references);
  const sets: Record<string, ImageSet> = {
    [OTHERS]: await gallery.collect(OTHERS, [drawings], TEACHER, captions),
  };
  await drawings.dispose();
  await withStudios(context, files, async (studios) => {
    for (const guidanceScale of guidance) {
      const name = `25 steps, guidance ${guidanceScale}`;
      sets[name] = await gallery.collect(name, studios, { ...TEACHER, guidanceScale }, captions);
    }
    sets[SUN] = await gallery.collect(SUN, studios, sun(SUN_SCHEDULER, 4), captions);
  });
  const bounds = { floor: OTHERS, ceiling: `25 steps, guidance ${guidance[0]}` };
  const [ImageNet, latents] = [
    await distancesBy("ImageNet", reference, sets, bounds),
    await distancesBy("latents", reference, sets, bounds),
  ];
  return {
    images,
    sets: Object.fromEntries(
      Object.keys(sets).map((name) => [name, { ImageNet: ImageNet[name]!.fd, latents: latents[name]!.fd }]),
    ),
  };
}
