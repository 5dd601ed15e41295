import type { Component, TextEncoderName } from "../checkpoint.js";
import type { ClipTextConfig } from "../config/clip-text.js";
import { checkpointError } from "../errors.js";
import type { Embedding } from "./embedding.js";

type Encoders = readonly (Pick<Component<ClipTextConfig>, "config"> & { readonly name: TextEncoderName })[];

/** Widths of the text encoders of published models. */
const models: Readonly<Record<string, string>> = {
  "768": "Stable Diffusion 1.x",
  "1024": "Stable Diffusion 2.x",
  "768 and 1280": "Stable Diffusion XL",
};

/**
 * Checks that an embedding has vectors of the right width for each text encoder of a model.
 * @throws SunstepError EMBEDDING_MODEL
 */
export function checkEmbedding({ where, vectors }: Embedding, encoders: Encoders): void {
  const wanted = encoders.map(({ config }) => config.hidden_size);
  const given = Object.values(vectors).map(({ shape }) => shape[1]!);
  const fits =
    given.length === wanted.length && encoders.every(({ name }, i) => vectors[name]?.shape[1] === wanted[i]);
  if (fits) return;
  throw checkpointError(
    "EMBEDDING_MODEL",
    `${where}: this embedding is made for ${modelOf(given)}, the model is ${modelOf(wanted)}: take the embedding that was trained for it`,
    { file: where, widths: given, model: wanted },
  );
}

function modelOf(widths: readonly number[]): string {
  const list = widths.join(" and ");
  const described = `vectors of ${list}`;
  return models[list] === undefined ? `of ${described}` : `${models[list]} (${described})`;
}
