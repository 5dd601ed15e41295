// Pictures of this visit, newest first.

import type { Settings } from "./settings.js";
import type { Cost } from "./shots.js";

export interface MadePicture {
  readonly id: number;
  /** A PNG file that carries `parameters`. */
  readonly png: Blob;
  /** Address of `png` for as long as the picture is kept. */
  readonly url: string;
  readonly width: number;
  readonly height: number;
  /** As used: restoring them makes the same picture. */
  readonly settings: Settings;
  readonly parameters: string;
  readonly cost: Cost;
  /** Milliseconds since 1970. */
  readonly madeAt: number;
  /** Made while the prompt was being typed. */
  readonly live: boolean;
}

const mostPictures = 200;
/** A live picture that was looked at for this long is one to keep. */
const settledAfter = 1500;

/** A live picture takes the place of a live one that was only passing by. */
export function addPicture(gallery: readonly MadePicture[], picture: MadePicture): readonly MadePicture[] {
  const [newest, ...older] = gallery;
  const passing = picture.live && newest?.live && picture.madeAt - newest.madeAt < settledAfter;
  return [picture, ...(passing ? older : gallery)].slice(0, mostPictures);
}

/** Pictures that `after` has no more: their addresses can be given back. */
export function droppedPictures(
  before: readonly MadePicture[],
  after: readonly MadePicture[],
): readonly MadePicture[] {
  const kept = new Set(after.map(({ id }) => id));
  return before.filter(({ id }) => !kept.has(id));
}

/** "a-red-apple-42.png". */
export function fileName({ prompt, seed }: Settings): string {
  const words = prompt
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-+|-+$/g, "");
  return `${words.slice(0, 60).replace(/-+$/, "") || "picture"}-${seed}.png`;
}
