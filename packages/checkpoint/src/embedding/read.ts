import type { ByteSource } from "@sunstep/files";
import { tensor, toFloat32 } from "@sunstep/tensor";
import type { TextEncoderName } from "../checkpoint.js";
import { checkpointError } from "../errors.js";
import { identify, identityName } from "../identify.js";
import { listNames } from "../names.js";
import { readWeight } from "../read-weight.js";
import { openSafetensors, type SafetensorsFile } from "../safetensors/open.js";
import type { WeightRef } from "../weights.js";
import type { Embedding } from "./embedding.js";

/** Names of the vectors for two text encoders: ComfyUI's and kohya's, those of diffusers' training scripts. */
const pairs: readonly Readonly<Record<TextEncoderName, string>>[] = [
  { text_encoder: "clip_l", text_encoder_2: "clip_g" },
  { text_encoder: "text_encoders_0", text_encoder_2: "text_encoders_1" },
];

/** AUTOMATIC1111's names of the vectors, also as converters of its pickles write them. */
const unnamed = /^(emb_params|string_to_param(\..+)?|\*)$/;

/** The rest of such a pickle: the word's token, the training's step. */
const ignored = /^(string_to_token(\..+)?|step)$/;

/** Tokens that a text encoder takes at once, without start and end. */
const MOST_VECTORS = 75;
const MOST_WIDTH = 1 << 16;

const FLOATS = /^b?float/;

/**
 * Opens a textual inversion: a .safetensors file of AUTOMATIC1111, of diffusers, or for the two text encoders of Stable
 * Diffusion XL.
 * @throws SunstepError EMBEDDING_FORMAT, EMBEDDING_LENGTH, CHECKPOINT_…
 */
export async function openEmbedding(source: ByteSource): Promise<Embedding> {
  const file = await openSafetensors(source);
  checkKind(file);
  return readEmbedding(
    new Map(file.weights.names().map((name) => [name, file.weights.get(name)])),
    source.name,
  );
}

/** Returns the word that a file of diffusers tells, from its header alone. */
export async function embeddingToken(source: ByteSource): Promise<string | undefined> {
  const { tensors } = await openSafetensors(source);
  const names = [...tensors.keys()].filter((name) => !ignored.test(name));
  return names.length === 1 && !unnamed.test(names[0]!) ? names[0] : undefined;
}

/**
 * Reads a textual inversion from its tensors by name. `where` is for messages.
 * @throws SunstepError EMBEDDING_FORMAT, EMBEDDING_LENGTH, CHECKPOINT_…
 */
export async function readEmbedding(
  tensors: ReadonlyMap<string, WeightRef>,
  where: string,
): Promise<Embedding> {
  const { token, references } = select(tensors, where);
  const entries = await Promise.all(
    Object.entries(references).map(
      async ([encoder, weight]) => [encoder, await vectorsOf(weight, where)] as const,
    ),
  );
  const counts = new Set(entries.map(([, { shape }]) => shape[0]));
  if (counts.size > 1)
    throw format(where, `it has ${[...counts].join(" and ")} vectors for the two text encoders`, tensors);
  return { where, ...(token !== undefined && { token }), vectors: Object.fromEntries(entries) };
}

interface Selected {
  readonly token?: string;
  readonly references: Readonly<Partial<Record<TextEncoderName, WeightRef>>>;
}

function select(tensors: ReadonlyMap<string, WeightRef>, where: string): Selected {
  for (const { text_encoder: first, text_encoder_2: second } of pairs) {
    const [one, other] = [tensors.get(first), tensors.get(second)];
    if (one && other) return { references: { text_encoder: one, text_encoder_2: other } };
    const lacking = one ? second : first;
    if (one ?? other)
      throw format(where, `it lacks ${lacking}, the vectors for one of the two text encoders`, tensors);
  }
  const names = [...tensors.keys()].filter((name) => !ignored.test(name));
  const [name, ...others] = names;
  if (name === undefined || others.length > 0)
    throw format(where, `it holds ${names.length} tensors where the vectors of one word belong`, tensors);
  const references = { text_encoder: tensors.get(name)! };
  return unnamed.test(name) ? { references } : { token: name, references };
}

async function vectorsOf(weight: WeightRef, where: string) {
  const { name, shape, dtype } = weight;
  const [count = 0, width = 0, ...rest] = shape.length === 1 ? [1, ...shape] : shape;
  if (!FLOATS.test(dtype) || count === 0 || width === 0 || width > MOST_WIDTH || rest.length > 0)
    throw format(where, `${name} is ${dtype} [${shape}], not a list of vectors`, new Map([[name, weight]]));
  if (count > MOST_VECTORS) {
    throw checkpointError(
      "EMBEDDING_LENGTH",
      `${where}: it has ${count} vectors, and a text encoder takes at most ${MOST_VECTORS} tokens at once`,
      { file: where, vectors: count },
    );
  }
  const data = toFloat32(await readWeight(weight));
  if (!data.every(Number.isFinite)) {
    throw checkpointError(
      "CHECKPOINT_NOT_FINITE",
      `${where}: ${name} holds NaN or infinity. The file is damaged, or its training failed`,
      { file: where, weight: name },
    );
  }
  return tensor(data, [count, width]);
}

/** Refuses a file that is certainly of another kind, with what to do with it. */
function checkKind(file: SafetensorsFile): void {
  const identity = identify(file);
  if (identity.kind === "embedding" || identity.kind === "unknown") return;
  const where = file.source.name;
  throw checkpointError(
    "EMBEDDING_FORMAT",
    `${where}: this is ${identityName(identity)}, not a textual inversion embedding. ${identity.advice}`,
    { file: where, kind: identity.kind },
  );
}

function format(where: string, problem: string, tensors: ReadonlyMap<string, WeightRef>) {
  return checkpointError(
    "EMBEDDING_FORMAT",
    `${where}: ${problem}. A textual inversion is a file with one tensor, with emb_params, or with clip_l and clip_g; ` +
      `this one has ${listNames([...tensors.keys()])}`,
    { file: where, tensors: [...tensors.keys()] },
  );
}
