/** A format other than safetensors, recognised by the first bytes of a file. */
interface ForeignFormat {
  readonly is: (start: Uint8Array) => boolean;
  readonly message: string;
}

const startsWith =
  (...bytes: number[]) =>
  (start: Uint8Array): boolean =>
    bytes.every((byte, i) => start[i] === byte);

const startsWithText =
  (pattern: RegExp) =>
  (start: Uint8Array): boolean =>
    pattern.test(String.fromCharCode(...start.subarray(0, 64)));

const CONVERT =
  "Pickles run code when they are loaded, so they are refused; convert it to .safetensors with a tool that you trust";

const formats: readonly ForeignFormat[] = [
  {
    is: startsWith(0x50, 0x4b, 0x03, 0x04),
    message: `is a zip archive, most likely a PyTorch pickle (.ckpt, .pt), not safetensors. ${CONVERT}`,
  },
  {
    // PROTO opcode, then the pickle protocol 2 to 5.
    is: (start) => start[0] === 0x80 && start[1]! >= 2 && start[1]! <= 5,
    message: `is a Python pickle (.ckpt, .pt), not safetensors. ${CONVERT}`,
  },
  {
    is: startsWithText(/^GGUF/),
    message: "is GGUF, not safetensors. Quantized GGUF models are not supported; use the .safetensors file",
  },
  {
    is: startsWithText(/^\s*(<!doctype|<html|<\?xml|<head|<body)/i),
    message: "is an HTML page, not a model. The download failed or needed a login: download the file again",
  },
  {
    is: startsWithText(/^version https:\/\/git-lfs/),
    message:
      "is a Git LFS pointer, the model itself was not downloaded. Run `git lfs pull` or download the file",
  },
  {
    is: startsWithText(/^\x89HDF/),
    message: "is an HDF5 file (Keras), not safetensors",
  },
  {
    is: startsWithText(/^\s*\{\s*"[a-z_]+"\s*:/i),
    message: "is a JSON file, not safetensors. Is it the index of a sharded model, or an error message?",
  },
];

/** A header length below 4 GB and the header's first character: no other format starts so. */
function looksLikeSafetensors(start: Uint8Array): boolean {
  return start[8] === 0x7b && start.subarray(4, 8).every((byte) => byte === 0);
}

/** Returns the end of a sentence that starts with the file's name; undefined where the file may be safetensors. */
export function foreignFormat(start: Uint8Array): string | undefined {
  if (looksLikeSafetensors(start)) return undefined;
  return formats.find(({ is }) => is(start))?.message;
}
