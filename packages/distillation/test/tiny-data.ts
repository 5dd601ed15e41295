import { blobTree, type FileTree, writeSafetensors } from "@sunstep/checkpoint";
import { encodeFloat16, TorchGenerator, tensor } from "@sunstep/tensor";

const COLOURS = ["red", "green", "blue"];
const THINGS = ["apple", "car", "cat", "house"];

/** The lines of captions.jsonl for twelve synthetic images. */
export const tinyCaptions = COLOURS.flatMap((colour) =>
  THINGS.map((thing, i) => ({
    captions: [`a ${colour} ${thing}`, thing],
    negatives: [colour, i % 2 === 0 ? "noto style" : "twemoji style"],
    weight: 1 + i,
  })),
);

/** Returns the files of a data folder; latents are noise around a mean per image. */
export function tinyFiles(): Record<string, Uint8Array<ArrayBuffer> | string> {
  const shape = [tinyCaptions.length, 4, 8, 8];
  const noise = new TorchGenerator(1).randn(tinyCaptions.length * 256);
  const latents = noise.map((value, i) => 0.3 * value + Math.sin(Math.floor(i / 64)));
  return {
    "latents.safetensors": writeSafetensors({ latents: tensor(encodeFloat16(latents), shape, "float16") }),
    "captions.jsonl": tinyCaptions.map((line) => `${JSON.stringify(line)}\n`).join(""),
  };
}

/** Returns the data folder in memory, with some files replaced. */
export function tinyData(files: Readonly<Record<string, BlobPart>> = {}): FileTree {
  const blobs = Object.entries({ ...tinyFiles(), ...files }).map(([name, part]) => [name, new Blob([part])]);
  return blobTree(Object.fromEntries(blobs));
}
