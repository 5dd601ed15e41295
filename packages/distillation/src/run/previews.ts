import { sun } from "@sunstep/accelerations";
import { memorySource, openSafetensors } from "@sunstep/checkpoint";
import { contactSheet, encodePng } from "@sunstep/image";
import { Pipeline } from "@sunstep/pipeline";
import { readSunAdapter } from "@sunstep/sun-adapter";
import { promptDrawer } from "../batches/draw-prompts.js";
import { StepRandom } from "../batches/step-random.js";
import type { PromptData } from "../data/training-data.js";
import type { Recipe } from "../recipe.js";
import type { TrainedModel } from "../trained-model.js";
import type { RunFolder } from "./run-folder.js";

export interface PreviewOptions {
  readonly folder: RunFolder;
  /** Steps between two sheets. Default 250. */
  readonly every?: number;
  /** Prompts to paint, always with the same seeds. Default: eight pairs drawn from the data. */
  readonly prompts?: readonly PreviewPrompt[];
}

export interface PreviewPrompt {
  readonly prompt: string;
  readonly negative: string;
}

const COUNT = 8;
const COLUMNS = 4;
const PIXELS_PER_LATENT = 8;

/** Draws the prompts of a run's previews as the recipe mixes them. */
export function previewPrompts({ entries }: PromptData, recipe: Recipe): PreviewPrompt[] {
  const draw = promptDrawer(entries, { ...recipe, emptyPrompts: 0 });
  const random = new StepRandom(0, 0);
  return Array.from({ length: COUNT }, () => draw(random));
}

/** Paints the prompts in four steps with an adapter (its file) and returns one contact sheet as PNG. */
export async function paintPreview(
  model: TrainedModel,
  adapter: Uint8Array,
  prompts: readonly PreviewPrompt[],
  [, height, width]: PromptData["shape"],
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const file = await openSafetensors(memorySource(adapter, "the adapter in training"));
  const pipeline = new Pipeline(model);
  try {
    const { images } = await pipeline.generate(
      prompts.map(({ prompt }) => prompt),
      {
        negativePrompt: prompts.map(({ negative }) => negative),
        promptSyntax: "plain",
        acceleration: sun(readSunAdapter(file)),
        seed: prompts.map((_, i) => i),
        width: width * PIXELS_PER_LATENT,
        height: height * PIXELS_PER_LATENT,
        ...(signal && { signal }),
      },
    );
    return encodePng(contactSheet(images, COLUMNS));
  } finally {
    await pipeline.dispose();
  }
}
