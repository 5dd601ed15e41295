// The server's options as data, from which parser and help derive.

import type { OptionSpecs } from "@sunstep/command-line";

/** The models of a process that computes images. */
const painterOptions = {
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
  "embedding-dir": {
    kind: "text",
    value: "FOLDER",
    about: "folder of textual inversions that prompts name, as EasyNegative or embedding:EasyNegative",
  },
  "controlnet-dir": {
    kind: "text",
    value: "FOLDER",
    about: "folder of ControlNets that clients may choose from",
  },
  vaes: { kind: "text", value: "FOLDER", about: "folder of VAEs that clients may choose from" },
  sun: { kind: "text", value: "ADAPTER", about: "SUN adapter of every model: 4 steps, no guidance" },
  "keep-loaded": { kind: "integer", value: "N", about: "models that stay in memory; default: 1" },
  device: { kind: "text", value: "NAME", about: "cpu (default), wasm, webgpu, cuda, dml or coreml" },
  threads: { kind: "integer", value: "N", about: "threads of one network evaluation" },
  offline: { kind: "flag", about: "use only files on this machine" },
  "no-cache": { kind: "flag", about: "do not keep prepared models on disk" },
} as const satisfies OptionSpecs;

const httpOptions = {
  host: {
    kind: "text",
    value: "ADDRESS",
    about: "address to listen on; default: 127.0.0.1, this machine only",
  },
  port: { kind: "integer", short: "p", value: "N", about: "port; default: 7860" },
  token: {
    kind: "text",
    value: "TEXT",
    about: "token that requests must have, as Bearer or Basic password; default: SUNSTEP_TOKEN, else none",
  },
  cors: {
    kind: "text",
    many: true,
    value: "ORIGIN",
    about: "origin of web pages that may use the server, or *; may be repeated; default: none",
  },
  rate: { kind: "integer", value: "N", about: "requests of a client in a minute; default: any number" },
  "trust-proxy": { kind: "flag", about: "take clients' addresses from the headers of a proxy" },
  "most-steps": {
    kind: "integer",
    value: "N",
    about:
      "steps at most of a model of few steps, of clients of AUTOMATIC1111; default: the model's own number",
  },
  styles: { kind: "text", value: "FILE", about: "AUTOMATIC1111's styles.csv: prompts that requests name" },
  "max-pixels": { kind: "integer", value: "N", about: "width times height of an image; default: 4194304" },
  "max-images": { kind: "integer", value: "N", about: "images of a request; default: 16" },
  "max-steps": { kind: "integer", value: "N", about: "steps of a request; default: 150" },
  deadline: {
    kind: "duration",
    value: "TIME",
    about: "time that a request may take, such as 10m; default: 30m",
  },
} as const satisfies OptionSpecs;

const queueOptions = {
  data: {
    kind: "text",
    value: "FOLDER",
    about: "folder of jobs and results; default: a folder of the user's cache",
  },
  keep: {
    kind: "duration",
    value: "TIME",
    about: "time for which jobs that ended are known, and on Redis their images; default: 1h",
  },
  redis: {
    kind: "text",
    value: "URL",
    about: "Redis that fronts and workers share; a process without the word worker is then a front",
  },
  queue: {
    kind: "integer",
    value: "N",
    about: "jobs that may wait, beyond which clients are sent away; default: 64",
  },
} as const satisfies OptionSpecs;

export const serverOptions = {
  ...painterOptions,
  ...httpOptions,
  ...queueOptions,
  verbose: { kind: "flag", about: "print errors with their stack" },
  version: { kind: "flag", short: "V", about: "print the version" },
  help: { kind: "flag", short: "h", about: "print this help" },
} as const satisfies OptionSpecs;
