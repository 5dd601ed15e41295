import { blobTree, type FileTree, writeSafetensors } from "@sunstep/checkpoint";
import { encodeFloat16, TorchGenerator, tensor } from "@sunstep/tensor";

const COLOURS = ["red", "green", "blue"];
const THINGS = ["apple", "car", "cat", "house"];

/** The lines of captions.jsonl for twelve made-up pictures. */
export const tinyCaptions = COLOURS.flatMap((colour) =>
  THINGS.map((thing, i) => ({
    captions: [`a ${colour} ${thing}`, thing],
    negatives: [colour, i % 2 === 0 ? "noto style" : "twemoji style"],
    weight: 1 + i,
  })),
);

/** A data folder in memory: latents that are noise around a mean of their own. */
export function tinyData(files: Readonly<Record<string, BlobPart>> = {}): FileTree {
  const shape = [tinyCaptions.length, 4, 8, 8];
  const noise = new TorchGenerator(1).randn(tinyCaptions.length * 256);
  const latents = noise.map((value, i) => 0.3 * value + Math.sin(Math.floor(i / 64)));
  const tensors = { latents: tensor(encodeFloat16(latents), shape, "float16") };
  return blobTree(
    Object.fromEntries(
      Object.entries({
        "latents.safetensors": writeSafetensors(tensors),
        "captions.jsonl": tinyCaptions.map((line) => `${JSON.stringify(line)}\n`).join(""),
        ...files,
      }).map(([name, bytes]) => [name, new Blob([bytes])]),
    ),
  );
}
