import type { Component } from "@sunstep/checkpoint";
import type { TrainedModel } from "../trained-model.js";

/** Returns the SHA-256 of the parts' digests, in hexadecimal; of a single part, its own digest. */
export async function fingerprint(parts: readonly (Uint8Array | string)[]): Promise<string> {
  const encoder = new TextEncoder();
  const digests = await Promise.all(
    parts.map((part) => digest(typeof part === "string" ? encoder.encode(part) : part)),
  );
  return digests.length === 1 ? digests[0]! : digest(encoder.encode(digests.join(" ")));
}

async function digest(bytes: Uint8Array): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", bytes.slice());
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Small weights that every fine-tuning changes, and that therefore tell a model from its fine-tunes. */
const telling =
  /^(conv_in|conv_out|time_embedding\.linear_1)\.(weight|bias)$|final_layer_norm\.(weight|bias)$/;

/** Returns a hash of the scheduler config, U-Net and text encoder, which determine the student's targets. */
export async function modelFingerprint({
  unet,
  textEncoders,
  schedulerConfig,
}: TrainedModel): Promise<string> {
  return fingerprint([
    JSON.stringify(schedulerConfig),
    await componentFingerprint(unet),
    ...(await Promise.all(textEncoders.map((encoder) => componentFingerprint(encoder)))),
  ]);
}

async function componentFingerprint({ config, weights }: Component<object>): Promise<string> {
  const refs = weights
    .names()
    .filter((name) => telling.test(name))
    .sort()
    .map((name) => weights.get(name));
  const bytes = await Promise.all(refs.map(({ source, offset, length }) => source.read(offset, length)));
  return fingerprint([JSON.stringify(config), ...bytes]);
}

/** Returns the bytes of a vector, without a copy. */
export function asBytes({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
