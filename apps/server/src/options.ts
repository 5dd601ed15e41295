// The server's options as data, from which parser and help derive.

import type { OptionSpecs } from "@sunstep/command-line";

export const serverOptions = {
  model: {
    kind: "text",
    short: "m",
    many: true,
    value: "MODEL",
    about: "name, folder, .safetensors file, https URL or hub id; may be repeated; default: emoji",
  },
  models: { kind: "text", value: "FOLDER", about: "folder of checkpoints that clients may choose from" },
  "lora-dir": {
    kind: "text",
    value: "FOLDER",
    about: "folder of LoRAs that prompts name, as in <lora:style:0.8>",
  },
  vaes: { kind: "text", value: "FOLDER", about: "folder of VAEs that clients may choose from" },
  sun: { kind: "text", value: "ADAPTER", about: "SUN adapter of every model: 4 steps, no guidance" },
  "keep-loaded": { kind: "integer", value: "N", about: "models that stay in memory; default: 1" },
  "most-steps": {
    kind: "integer",
    value: "N",
    about:
      "steps at most of a model of few steps, of clients of AUTOMATIC1111; default: the model's own number",
  },
  data: {
    kind: "text",
    value: "FOLDER",
    about: "folder of jobs and results; default: a folder of the user's cache",
  },
  host: {
    kind: "text",
    value: "ADDRESS",
    about: "address to listen on; default: 127.0.0.1, this machine only",
  },
  port: { kind: "integer", short: "p", value: "N", about: "port; default: 7860" },
  queue: {
    kind: "integer",
    value: "N",
    about: "jobs that may wait, beyond which clients are sent away; default: 64",
  },
  device: { kind: "text", value: "NAME", about: "cpu (default), wasm, webgpu, cuda, dml or coreml" },
  threads: { kind: "integer", value: "N", about: "threads of one network evaluation" },
  offline: { kind: "flag", about: "use only files on this machine" },
  "no-cache": { kind: "flag", about: "do not keep prepared models on disk" },
  verbose: { kind: "flag", about: "print errors with their stack" },
  version: { kind: "flag", short: "V", about: "print the version" },
  help: { kind: "flag", short: "h", about: "print this help" },
} as const satisfies OptionSpecs;
