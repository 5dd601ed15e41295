// The options of every command, as data: the parser, the help texts and the prompts files are made from them.

/** How an option's text is read. */
export type OptionKind = "text" | "integer" | "number" | "seed" | "size" | "flag";

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
    about: "SUN adapter: 4 steps, no guidance; a file, URL, hub id or name",
  },
  lora: {
    kind: "text",
    many: true,
    value: "FILE[:SCALE]",
    about: "LoRA and its strength; may be given several times",
  },
  taesd: {
    kind: "text",
    value: "MODEL",
    about: "tiny autoencoder that decodes quickly, by name (taesd), folder or hub id",
  },
  device: { kind: "text", value: "NAME", about: "cpu (default), webgpu, cuda, dml or coreml" },
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
  decoder: { kind: "text", value: "NAME", about: "vae, or taesd; default: taesd if one is given" },
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

interface ValueOf {
  readonly text: string;
  readonly integer: number;
  readonly number: number;
  readonly seed: bigint;
  readonly size: { readonly width: number; readonly height: number };
  readonly flag: boolean;
}

/** The values of options, by their specs. */
export type OptionValues<Specs extends OptionSpecs> = {
  readonly [Name in keyof Specs]?: Specs[Name] extends { readonly many: true }
    ? readonly ValueOf[Specs[Name]["kind"]][]
    : ValueOf[Specs[Name]["kind"]];
};

export type AnyValue = ValueOf[OptionKind];
