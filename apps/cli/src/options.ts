// The options of every command, as data: the parser, the help texts and the prompts files are made from them.

/** How an option's text is read. */
export type OptionKind = "text" | "integer" | "number" | "seed" | "size" | "duration" | "flag";

export interface OptionSpec {
  readonly kind: OptionKind;
  /** May be given several times. */
  readonly many?: true;
  readonly short?: string;
  /** What the help text calls the value. */
  readonly value?: string;
  readonly about: string;
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

export const commonOptions = {
  json: { kind: "flag", about: "print JSON, one object per line, to standard output" },
  verbose: { kind: "flag", about: "print errors with their stack" },
  help: { kind: "flag", short: "h", about: "print this help" },
} as const satisfies OptionSpecs;

/** What is loaded, once per command. */
const modelOptions = {
  model: {
    kind: "text",
    short: "m",
    value: "MODEL",
    about: "name (see `sunstep models`), folder, .safetensors file, https URL or hub id; default: emoji",
  },
  revision: { kind: "text", value: "NAME", about: "branch, tag or commit of a hub model" },
  sun: {
    kind: "text",
    value: "ADAPTER",
    about:
      "SUN adapter: 4 steps, no guidance; a file, URL, hub id or name; default: the model's own, if it has one",
  },
  "no-sun": { kind: "flag", about: "leave out the model's own SUN adapter" },
  lora: {
    kind: "text",
    many: true,
    value: "FILE[:SCALE]",
    about: "LoRA and its strength; may be given several times",
  },
  taesd: {
    kind: "text",
    value: "MODEL",
    about: "tiny autoencoder that decodes quickly, by name (taesd, emoji-taesd), folder or hub id",
  },
  device: { kind: "text", value: "NAME", about: "cpu (default), wasm, webgpu, cuda, dml or coreml" },
  threads: { kind: "integer", value: "N", about: "threads of one network evaluation" },
  offline: { kind: "flag", about: "use only what is on this machine" },
  "no-cache": { kind: "flag", about: "do not keep prepared models on disk" },
} as const satisfies OptionSpecs;

/** What is made: these may also stand in a line of a prompts file. */
export const runOptions = {
  negative: { kind: "text", short: "n", value: "TEXT", about: "what must not be in the picture" },
  steps: {
    kind: "integer",
    short: "s",
    value: "N",
    about: "denoising steps; default: 4 with SUN, 25 without",
  },
  guidance: { kind: "number", short: "g", value: "X", about: "weight of the prompt; not with SUN" },
  scheduler: {
    kind: "text",
    value: "NAME",
    about: "sampling method; `sunstep generate --scheduler list` prints them",
  },
  seed: {
    kind: "seed",
    value: "N",
    about: "seed of the first picture, the next ones count up; default: random",
  },
  random: {
    kind: "text",
    value: "NAME",
    about: "whose random numbers a seed means: cpu (default) or cuda, as in AUTOMATIC1111",
  },
  size: { kind: "size", value: "WxH", about: "in pixels, multiples of 8; one number is a square" },
  count: { kind: "integer", short: "c", value: "N", about: "number of pictures; default: 1" },
  image: { kind: "text", short: "i", value: "FILE", about: "picture to start from" },
  mask: { kind: "text", value: "FILE", about: "white where the picture is to be painted anew" },
  strength: { kind: "number", value: "X", about: "how much of the picture changes, 0 to 1" },
  "sun-scale": { kind: "number", value: "X", about: "strength of the SUN adapter; default: 1" },
  "clip-skip": { kind: "integer", value: "N", about: "layers of the text encoder to leave out at the end" },
  decoder: {
    kind: "text",
    value: "NAME",
    about: "vae, or taesd; default: taesd if one is given, else the model's",
  },
  out: {
    kind: "text",
    short: "o",
    value: "PATH",
    about: "file to write, or a folder ending in /; default: a word of the prompt",
  },
} as const satisfies OptionSpecs;

export const generateOptions = {
  ...runOptions,
  ...modelOptions,
  prompts: {
    kind: "text",
    value: "FILE",
    about: 'JSON lines, each {"prompt": …} with options of its own; - is standard input',
  },
  ...commonOptions,
} as const satisfies OptionSpecs;

export const distillOptions = {
  model: modelOptions.model,
  revision: modelOptions.revision,
  data: {
    kind: "text",
    short: "d",
    value: "FOLDER",
    about: "latents.safetensors and captions.jsonl to train on",
  },
  "data-free": {
    kind: "flag",
    about: "train without pictures: samples begin as noise and follow the model; give --prompts or --data",
  },
  prompts: { kind: "text", value: "FILE", about: "with --data-free: prompts to train on, one a line" },
  size: { kind: "size", value: "WxH", about: "with --prompts: in pixels; default: the model's own" },
  out: { kind: "text", short: "o", value: "FILE", about: "the adapter to write, .safetensors" },
  start: { kind: "text", value: "FILE", about: "an adapter to begin with; default: an untrained one" },
  config: { kind: "text", value: "FILE", about: "recipe: JSON with what differs from the default" },
  steps: { kind: "integer", short: "s", value: "N", about: "length of the run; default: the recipe's" },
  time: {
    kind: "duration",
    short: "t",
    value: "TIME",
    about: "length of the run, as 30m, 90s or 1.5h: the number of steps is fixed after the first ones",
  },
  seed: { kind: "seed", value: "N", about: "default: 0" },
  checkpoints: { kind: "text", value: "FOLDER", about: "where to keep them; default: OUT.checkpoints" },
  "checkpoint-every": {
    kind: "duration",
    value: "TIME",
    about: "time between two checkpoints; default: 5m",
  },
  resume: { kind: "flag", about: "go on from the newest checkpoint; give the other options as before" },
  previews: { kind: "text", value: "FOLDER", about: "paint a sheet of pictures every 250 steps" },
  threads: modelOptions.threads,
  offline: modelOptions.offline,
  ...commonOptions,
} as const satisfies OptionSpecs;

interface ValueOf {
  readonly text: string;
  readonly integer: number;
  readonly number: number;
  readonly seed: bigint;
  readonly size: { readonly width: number; readonly height: number };
  /** In seconds. */
  readonly duration: number;
  readonly flag: boolean;
}

/** The values of options, by their specs. */
export type OptionValues<Specs extends OptionSpecs> = {
  readonly [Name in keyof Specs]?: Specs[Name] extends { readonly many: true }
    ? readonly ValueOf[Specs[Name]["kind"]][]
    : ValueOf[Specs[Name]["kind"]];
};

export type AnyValue = ValueOf[OptionKind];
