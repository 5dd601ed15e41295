// The images of this visit and those before it, newest first.

import type { Cost } from "./cost.js";
import type { Settings } from "./settings.js";

export interface MadeImage {
  /** Increases with time. */
  readonly id: number;
  /** A PNG file that carries `parameters`. */
  readonly png: Blob;
  /** Object URL of `png`, valid while the image is kept. */
  readonly url: string;
  readonly width: number;
  readonly height: number;
  /** The settings that were used: restoring them makes the same image. */
  readonly settings: Settings;
  readonly parameters: string;
  readonly cost: Cost;
  /** Milliseconds since 1970. */
  readonly madeAt: number;
  /** Made while the prompt was being typed. */
  readonly live: boolean;
}

/** The browser's storage keeps as much. */
const maxImages = 100;
const maxBytes = 48e6;
/** Milliseconds after which a live image counts as looked at and is kept. */
const settledAfter = 1500;

/** Adds an image. A live image replaces the live one before it, unless that was looked at for a while. */
export function addImage(gallery: readonly MadeImage[], image: MadeImage): readonly MadeImage[] {
  const [newest, ...older] = gallery;
  const passing = image.live && newest?.live && image.madeAt - newest.madeAt < settledAfter;
  return boundedGallery([image, ...(passing ? older : gallery)]);
}

/** Puts the images of both together, newest first. */
export function merged(a: readonly MadeImage[], b: readonly MadeImage[]): readonly MadeImage[] {
  return boundedGallery([...a, ...b].sort((one, other) => other.id - one.id));
}

/** Drops the oldest images that are too many, or too large together. */
function boundedGallery(gallery: readonly MadeImage[]): readonly MadeImage[] {
  let bytes = 0;
  return gallery.slice(0, maxImages).filter(({ png }, index) => {
    bytes += png.size;
    return index === 0 || bytes <= maxBytes;
  });
}

/** Returns the images that `after` no longer has; their URLs can be revoked. */
export function droppedImages(
  before: readonly MadeImage[],
  after: readonly MadeImage[],
): readonly MadeImage[] {
  const kept = new Set(after.map(({ id }) => id));
  return before.filter(({ id }) => !kept.has(id));
}

/** "a-red-apple-42.png"; with a suffix "a-red-apple-42-comparison.png". */
export function fileName({ prompt, seed }: Settings, suffix = ""): string {
  const words = prompt
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-+|-+$/g, "");
  const stem = words.slice(0, 60).replace(/-+$/, "") || "image";
  return `${[stem, seed, ...(suffix ? [suffix] : [])].join("-")}.png`;
}
