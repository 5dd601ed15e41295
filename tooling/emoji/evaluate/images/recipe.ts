import { createHash } from "node:crypto";
import type { Prompt } from "../prompts/prompt.js";
import type { Sampler } from "./sampler.js";

/** Raised when the same recipe comes to other images than before. */
const GENERATOR = 1;

/** What a network's images depend on, as SHA-256 of contents: paths do not matter. */
export interface ModelIdentity {
  readonly model: string;
  readonly adapter?: string;
  readonly lora?: string;
  readonly tinyAutoencoder?: string;
}

/** Everything that makes an image, and so what it is kept under. */
export interface Recipe extends Prompt {
  readonly identity: ModelIdentity;
  readonly sampler: Sampler;
}

/** Name that the image is kept under: the same for the same recipe, wherever its files lie. */
export function recipeKey({ identity, sampler, caption, negative, seed }: Recipe): string {
  // An adapter that is loaded but not used changes nothing.
  const adapter = sampler.sun ? (identity.adapter ?? null) : null;
  const parts = [
    GENERATOR,
    identity.model,
    adapter,
    identity.lora === undefined ? [] : [identity.lora],
    [sampler.scheduler, sampler.spacing, sampler.steps, sampler.guidanceScale, sampler.sun],
    caption,
    negative,
    seed,
    ...(sampler.tinyDecoder ? [identity.tinyAutoencoder] : []),
  ];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 40);
}
