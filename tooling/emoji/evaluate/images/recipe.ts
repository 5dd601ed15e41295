import { createHash } from "node:crypto";
import type { Prompt } from "../prompts/prompt.js";
import type { Sampler } from "./sampler.js";

/** Incremented when the same recipe yields other images than before. */
const GENERATOR = 1;

/** The files that images depend on, as SHA-256 of their contents: paths do not matter. */
export interface ModelIdentity {
  readonly model: string;
  readonly adapter?: string;
  readonly lora?: string;
  readonly tinyAutoencoder?: string;
  readonly lcm?: string;
  /** Absent: float32. */
  readonly dtype?: "int8";
}

/** All inputs of an image; together they are its key. */
export interface Recipe extends Prompt {
  readonly identity: ModelIdentity;
  readonly sampler: Sampler;
}

/** Returns an image's key: equal for equal recipes, wherever the files lie. */
export function recipeKey({ identity, sampler, caption, negative, seed }: Recipe): string {
  // A loaded adapter that is not used has no effect.
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
    ...(sampler.lcm ? [{ lcm: identity.lcm }] : []),
    ...(sampler.negative ? [sampler.negative] : []),
    ...(identity.dtype ? [{ dtype: identity.dtype }] : []),
  ];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 40);
}
