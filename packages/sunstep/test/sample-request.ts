import { classifierFreeGuidance, type Request, sizeConditionings } from "@sunstep/pipeline";
import type { SunAdapter } from "@sunstep/sun-adapter";

/** An adapter for tests that read no weights. */
export const sunAdapter: SunAdapter = { file: "sun.safetensors", variant: "plain", layers: [], warnings: [] };

/** A request for two images of each of two prompts, from an image, with `changes`. */
export function sampleRequest(changes: Partial<Request> = {}): Request {
  return {
    prompts: ["a cat", "a dog,\nrunning"],
    omitsNegative: false,
    negativePrompts: ["", "blurry: no"],
    promptSyntax: "automatic1111",
    clipSkip: 1,
    embeddings: [],
    imagesPerPrompt: 2,
    batch: 4,
    width: 512,
    height: 768,
    sizeConditioning: sizeConditionings({}, { width: 512, height: 768 }),
    steps: 4,
    guidance: classifierFreeGuidance,
    guidanceScale: 7.5,
    guidanceRescale: 0,
    embedsGuidance: false,
    adapters: [],
    seeds: [1, 2, 3, 2n ** 64n - 1n],
    randomSource: "cuda",
    schedulerConfig: {},
    plan: {},
    image: { width: 1, height: 1, channels: 3, data: new Uint8Array(3) },
    maskReduction: "maximum",
    guessMode: false,
    pasteBack: false,
    strength: 0.6,
    vaeTiling: "auto",
    decoder: "vae",
    preview: false,
    ...changes,
  };
}
