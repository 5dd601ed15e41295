// The options of every command as data, from which parser, help texts and prompts files derive.

import type { OptionSpecs } from "@sunstep/command-line";
import { accelerationOptions } from "./acceleration-option.js";
import { hiresRunOptions } from "./hires-options.js";
import { sunModelOptions, sunRunOptions } from "./sun-options.js";
import { xlRunOptions } from "./xl-options.js";

export const commonOptions = {
  json: { kind: "flag", about: "print JSON, one object per line, to standard output" },
  verbose: { kind: "flag", about: "print errors with their stack" },
  help: { kind: "flag", short: "h", about: "print this help" },
} as const satisfies OptionSpecs;

/** The model and its adapters, loaded once per command. */
const modelOptions = {
  model: {
    kind: "text",
    short: "m",
    value: "MODEL",
    about: "name (see `sunstep models`), folder, .safetensors file, https URL or hub id; default: emoji",
  },
  revision: { kind: "text", value: "NAME", about: "branch, tag or commit of a hub model" },
  ...sunModelOptions,
  ...accelerationOptions,
  lora: {
    kind: "text",
    many: true,
    value: "FILE[:SCALE]",
    about: "LoRA and its strength; may be repeated",
  },
  "lora-dir": {
    kind: "text",
    value: "FOLDER",
    about: "folder of LoRAs that prompts name, as in <lora:style:0.8>",
  },
  embedding: {
    kind: "text",
    many: true,
    value: "FILE[=WORD]",
    about: "textual inversion, and the word for it in prompts; may be repeated",
  },
  "embedding-dir": {
    kind: "text",
    value: "FOLDER",
    about: "folder of textual inversions that prompts name, as EasyNegative or embedding:EasyNegative",
  },
  vae: {
    kind: "text",
    value: "MODEL",
    about: "VAE in place of the model's own: a file, folder or hub id, of a VAE or of a whole model",
  },
  prediction: {
    kind: "text",
    value: "TYPE",
    about: "what the U-Net predicts, if the model does not say: epsilon, v_prediction or sample",
  },
  taesd: {
    kind: "text",
    value: "MODEL",
    about: "tiny autoencoder for fast decoding: a name (taesd, emoji-taesd), folder, file or hub id",
  },
  device: { kind: "text", value: "NAME", about: "cpu (default), wasm, webgpu, cuda, dml or coreml" },
  dtype: {
    kind: "text",
    value: "TYPE",
    about: "numbers that networks multiply: float32 (default), int8, which is faster on CPUs, or auto",
  },
  attention: {
    kind: "text",
    value: "MODE",
    about: "exact (default), or downsampled: faster at 512x512 and more, with other details",
  },
  threads: { kind: "integer", value: "N", about: "threads of one network evaluation" },
  offline: { kind: "flag", about: "use only files on this machine" },
  "no-cache": { kind: "flag", about: "do not keep prepared models on disk" },
} as const satisfies OptionSpecs;

/** The options of one prompt, also allowed in a line of a prompts file. */
export const runOptions = {
  negative: {
    kind: "text",
    short: "n",
    value: "TEXT",
    about: "negative prompt: what the image must not show",
  },
  "negative-method": {
    kind: "text",
    value: "METHOD",
    about:
      "what reads it: auto (default), guidance, sun, nag, nasa or vsf; with parameters as nag:scale=3,sigma-end=4",
  },
  steps: {
    kind: "integer",
    short: "s",
    value: "N",
    about: "denoising steps; default: those of the adapter, as 4 with SUN, else 25",
  },
  guidance: {
    kind: "number",
    short: "g",
    value: "X",
    about: "guidance scale; not with adapters for few steps",
  },
  scheduler: {
    kind: "text",
    value: "NAME",
    about: "scheduler; `sunstep generate --scheduler list` lists the names",
  },
  seed: {
    kind: "seed",
    value: "N",
    about: "seed of the first image; further images count up; -1 or by default: random",
  },
  random: {
    kind: "text",
    value: "NAME",
    about: "random generator: cpu (default) or cuda, as in AUTOMATIC1111",
  },
  size: { kind: "size", value: "WxH", about: "in pixels, multiples of 8; one number is a square" },
  count: { kind: "integer", short: "c", value: "N", about: "number of images; default: 1" },
  image: { kind: "text", short: "i", value: "FILE", about: "image to start from" },
  mask: { kind: "text", value: "FILE", about: "mask for inpainting: white where the image is repainted" },
  strength: { kind: "number", value: "X", about: "how far the image changes, 0 to 1" },
  control: {
    kind: "text",
    many: true,
    value: "FILE=IMAGE[:SCALE]",
    about: "ControlNet, the image that it follows, and its strength; may be repeated",
  },
  "guess-mode": { kind: "flag", about: "follow the control images more than the prompt" },
  ...hiresRunOptions,
  ...sunRunOptions,
  "clip-skip": { kind: "integer", value: "N", about: "last layers of the text encoder to skip; default: 0" },
  ...xlRunOptions,
  decoder: {
    kind: "text",
    value: "NAME",
    about: "vae or taesd; default: taesd if --taesd is given, else vae",
  },
  "vae-tiling": {
    kind: "text",
    value: "TILES",
    about:
      "auto (default), on, off, or TILE:OVERLAP in pixels: work on large images in tiles, to save memory",
  },
  out: {
    kind: "text",
    short: "o",
    value: "PATH",
    about: "file to write, or a folder ending in /; default: named after the prompt",
  },
} as const satisfies OptionSpecs;

export const generateOptions = {
  ...runOptions,
  ...modelOptions,
  prompts: {
    kind: "text",
    value: "FILE",
    about: 'JSON lines, each {"prompt": …} with its own options; - reads standard input',
  },
  ...commonOptions,
} as const satisfies OptionSpecs;

export const distillOptions = {
  model: modelOptions.model,
  revision: modelOptions.revision,
  vae: modelOptions.vae,
  prediction: modelOptions.prediction,
  data: {
    kind: "text",
    short: "d",
    value: "FOLDER",
    about: "latents.safetensors and captions.jsonl to train on",
  },
  "data-free": {
    kind: "flag",
    about: "train without images, on trajectories of the model from noise; give --prompts or --data",
  },
  prompts: { kind: "text", value: "FILE", about: "with --data-free: prompts to train on, one per line" },
  size: { kind: "size", value: "WxH", about: "with --prompts: size in pixels; default: the model's own" },
  out: { kind: "text", short: "o", value: "FILE", about: "adapter to write, a .safetensors file" },
  start: { kind: "text", value: "FILE", about: "adapter to start from; default: an untrained one" },
  config: { kind: "text", value: "FILE", about: "recipe: JSON with the fields that differ from the default" },
  steps: { kind: "integer", short: "s", value: "N", about: "length of the run; default: the recipe's" },
  time: {
    kind: "duration",
    short: "t",
    value: "TIME",
    about: "length of the run, such as 30m, 90s or 1.5h; the first steps determine how many fit",
  },
  seed: { kind: "seed", value: "N", about: "seed of the run; default: 0" },
  checkpoints: { kind: "text", value: "FOLDER", about: "folder of checkpoints; default: OUT.checkpoints" },
  "checkpoint-every": {
    kind: "duration",
    value: "TIME",
    about: "time between two checkpoints; default: 5m",
  },
  resume: { kind: "flag", about: "continue from the newest checkpoint; repeat the other options" },
  previews: { kind: "text", value: "FOLDER", about: "write a sheet of sample images every 250 steps" },
  memory: {
    kind: "bytes",
    value: "SIZE",
    about: "memory that the run may take, such as 16GB: slower steps; default: no limit",
  },
  threads: modelOptions.threads,
  offline: modelOptions.offline,
  ...commonOptions,
} as const satisfies OptionSpecs;
