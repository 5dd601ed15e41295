// Measures whether a style LoRA keeps its style together with SUN.
import { imageSpace } from "../features/image-space.js";
import type { ImageSet } from "../images/gallery.js";
import { sun, TEACHER } from "../images/sampler.js";
import type { StudioFiles } from "../images/studio.js";
import { promptList } from "../prompts/prompt-list.js";
import { bootstrap, type Estimate } from "../statistics/bootstrap.js";
import { frechetDistanceTo } from "../statistics/frechet.js";
import { gaussian } from "../statistics/gaussian.js";
import { type Context, withStudios } from "./context.js";
import { type ModelSets, SUN_SCHEDULER } from "./model-sets.js";

export interface StyleLora {
  /** Fréchet distances to 25 guided steps with the LoRA. */
  readonly sunWithLora: Estimate;
  readonly guidedWithoutLora: Estimate;
  readonly sunWithoutLora: Estimate;
  /** Shift of SUN's mean features by the LoRA, projected on the guided teacher's shift; 1 means equally far. */
  readonly styleShift: Estimate;
}

export async function styleLora(
  context: Context,
  files: StudioFiles,
  { reference, sets }: ModelSets,
): Promise<StyleLora & { readonly guidedSet: ImageSet; readonly sunSet: ImageSet }> {
  const prompts = promptList(context.prompts);
  const { guidedSet, sunSet } = await withStudios(context, files, async (studios) => ({
    guidedSet: await context.gallery.collect("LoRA, 25 guided", studios, TEACHER, prompts),
    sunSet: await context.gallery.collect("LoRA, SUN 4", studios, sun(SUN_SCHEDULER, 4), prompts),
  }));
  const project = imageSpace(await guidedSet.features("ImageNet"), "ImageNet");
  const rows = async (set: ImageSet) => (await set.features("ImageNet")).map(project);
  const [styled, sunStyled, plain, sunPlain] = (await Promise.all(
    [guidedSet, sunSet, reference, sets["SUN 4"]!].map(rows),
  )) as [Float64Array[], Float64Array[], Float64Array[], Float64Array[]];
  const estimates = bootstrap(prompts.length, (indices) => {
    const [target, sunTarget, start, sunStart] = [styled, sunStyled, plain, sunPlain].map((set) =>
      gaussian(set, indices),
    ) as [Gaussian, Gaussian, Gaussian, Gaussian];
    const distance = frechetDistanceTo(target);
    return {
      sunWithLora: distance(sunTarget),
      guidedWithoutLora: distance(start),
      sunWithoutLora: distance(sunStart),
      styleShift: shiftAlong(difference(target, start), difference(sunTarget, sunStart)),
    };
  });
  return { ...estimates, guidedSet, sunSet };
}

type Gaussian = ReturnType<typeof gaussian>;

const difference = (a: Gaussian, b: Gaussian) => a.mean.map((value, i) => value - b.mean[i]!);

function shiftAlong(way: Float64Array, shift: Float64Array): number {
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  return dot(way, shift) / dot(way, way);
}
