import { type FileTree, openSafetensors, type WeightRef } from "@sunstep/checkpoint";
import { decodeFloat16 } from "@sunstep/tensor";
import { distillationError } from "../errors.js";
import { type CaptionEntry, parseCaptions } from "./captions.js";
import { asBytes, fingerprint } from "./fingerprint.js";

/** Prompts, for training without images: samples begin as noise and follow the teacher. */
export interface PromptData {
  readonly name: string;
  readonly entries: readonly CaptionEntry[];
  /** Channels, height and width of one image's latents. */
  readonly shape: readonly [number, number, number];
  /** Hash that differs for other data. */
  readonly fingerprint: string;
}

/** Latents of images with their captions. */
export interface TrainingData extends PromptData {
  /** One image's latents, scaled as the U-Net takes them: [channels, height, width]. */
  latents(index: number): Promise<Float32Array>;
}

const LATENTS = "latents.safetensors";
const CAPTIONS = "captions.jsonl";

/**
 * Opens a data folder: `latents.safetensors` with `latents` [images, channels, height, width], float16 or float32,
 * already multiplied by the VAE's scaling factor; and `captions.jsonl`, whose line i belongs to image i. Latents are
 * read when they are drawn.
 * @throws TRAINING_DATA_MISSING, TRAINING_LATENTS, TRAINING_CAPTIONS, and codes of safetensors files
 */
export async function openTrainingData(files: FileTree): Promise<TrainingData> {
  const { name = "the data folder" } = files;
  const open = async (file: string) => {
    const source = await files.open(file);
    if (source) return source;
    throw distillationError("TRAINING_DATA_MISSING", `${name}: ${file} is missing`, { folder: name, file });
  };
  const latents = await latentsOf(await openSafetensors(await open(LATENTS)));
  const captions = await open(CAPTIONS);
  const text = await captions.read(0, captions.size);
  const entries = parseCaptions(new TextDecoder().decode(text), CAPTIONS);
  const [count, ...shape] = latents.shape as [number, number, number, number];
  if (entries.length !== count) {
    throw distillationError(
      "TRAINING_CAPTIONS",
      `${name}: ${CAPTIONS} has ${entries.length} lines for the ${count} images of ${LATENTS}; line i belongs to image i`,
      { folder: name, lines: entries.length, images: count },
    );
  }
  const row = (index: number) => readRow(latents, index);
  return {
    name,
    entries,
    shape,
    fingerprint: await fingerprint([
      text,
      String(latents.shape),
      asBytes(await row(0)),
      asBytes(await row(count - 1)),
    ]),
    latents: row,
  };
}

/** Returns prompts without images, for latents of this shape. */
export async function promptData(
  entries: readonly CaptionEntry[],
  shape: PromptData["shape"],
  name = "the prompts",
): Promise<PromptData> {
  return { name, entries, shape, fingerprint: await fingerprint([JSON.stringify([entries, shape])]) };
}

async function latentsOf({
  weights,
  source,
}: Awaited<ReturnType<typeof openSafetensors>>): Promise<WeightRef> {
  const fail = (problem: string): never => {
    throw distillationError("TRAINING_LATENTS", `${source.name}: ${problem}`, { file: source.name });
  };
  if (!weights.has("latents"))
    fail(`it holds no tensor "latents" but ${weights.names().join(", ") || "nothing"}`);
  const latents = weights.get("latents");
  if (latents.dtype !== "float16" && latents.dtype !== "float32")
    fail(`latents are ${latents.dtype}; they must be float16 or float32`);
  if (latents.shape.length !== 4 || latents.shape.includes(0))
    fail(`latents are [${latents.shape.join(", ")}]; they must be [images, channels, height, width]`);
  return latents;
}

async function readRow(
  { dtype, shape, source, offset, length }: WeightRef,
  index: number,
): Promise<Float32Array> {
  const size = length / shape[0]!;
  const bytes = (await source.read(offset + index * size, size)).slice().buffer;
  const row = dtype === "float16" ? decodeFloat16(new Uint16Array(bytes)) : new Float32Array(bytes);
  if (row.every(Number.isFinite)) return row;
  throw distillationError(
    "TRAINING_LATENTS",
    `${source.name}: the latents of image ${index} hold NaN or infinity; leave the image out`,
    { file: source.name, image: index },
  );
}
