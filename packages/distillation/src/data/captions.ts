import { distillationError } from "../errors.js";

/** The captions of one image. */
export interface CaptionEntry {
  /** At least one; each use draws one of them. */
  readonly captions: readonly string[];
  /** Attributes of the image, as negative prompts: its colour, background, style, kind. */
  readonly negatives: readonly string[];
  /** Probability of being drawn, relative to other images. */
  readonly weight: number;
}

/**
 * Reads captions.jsonl: a line for each image, {"captions": [...], "negatives": [...], "weight": 1}.
 * @throws TRAINING_CAPTIONS, with the line
 */
export function parseCaptions(text: string, file = "captions.jsonl"): CaptionEntry[] {
  const entries = lines(text).map((line, index) => parseLine(line, file, index + 1));
  if (!entries.some(({ weight }) => weight > 0)) {
    const problem = entries.length === 0 ? "it has no lines" : "all weights are 0";
    throw distillationError("TRAINING_CAPTIONS", `${file}: ${problem}`, { file });
  }
  return entries;
}

/**
 * Reads a list of prompts, one a line, for training without data.
 * @throws TRAINING_CAPTIONS
 */
export function parsePromptList(text: string, file = "the list of prompts"): CaptionEntry[] {
  const prompts = lines(text).filter((line) => line.trim() !== "");
  if (prompts.length === 0)
    throw distillationError("TRAINING_CAPTIONS", `${file}: it has no prompts`, { file });
  return prompts.map((prompt) => ({ captions: [prompt.trim()], negatives: [], weight: 1 }));
}

function lines(text: string): string[] {
  const all = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  return all.at(-1) === "" ? all.slice(0, -1) : all;
}

function parseLine(line: string, file: string, number: number): CaptionEntry {
  const fail = (problem: string): never => {
    throw distillationError("TRAINING_CAPTIONS", `${file}, line ${number}: ${problem}`, {
      file,
      line: number,
    });
  };
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    fail("it is not JSON");
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) fail("it is no JSON object");
  const { captions, negatives = [], weight = 1 } = json as Readonly<Record<string, unknown>>;
  if (!isTexts(captions) || captions.length === 0)
    return fail('"captions" must be a list of at least one text');
  if (!isTexts(negatives)) return fail('"negatives" must be a list of texts');
  if (typeof weight !== "number" || !(weight >= 0 && weight < Number.POSITIVE_INFINITY))
    return fail('"weight" must be a number of at least 0');
  return { captions, negatives, weight };
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
