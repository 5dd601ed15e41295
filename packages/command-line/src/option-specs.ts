// The vocabulary of option tables: the parser, the help texts and the prompts files read them.

/** The type of an option's value. */
export type OptionKind =
  | "text"
  | "integer"
  | "number"
  | "seed"
  | "size"
  | "offset"
  | "duration"
  | "bytes"
  | "flag";

export interface OptionSpec {
  readonly kind: OptionKind;
  /** The option may be given several times. */
  readonly many?: true;
  readonly short?: string;
  /** The value's name in the help text. */
  readonly value?: string;
  readonly about: string;
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

interface ValueOf {
  readonly text: string;
  readonly integer: number;
  readonly number: number;
  readonly seed: bigint;
  readonly size: { readonly width: number; readonly height: number };
  readonly offset: { readonly top: number; readonly left: number };
  /** In seconds. */
  readonly duration: number;
  readonly bytes: number;
  readonly flag: boolean;
}

/** The parsed values of options, by their specs. */
export type OptionValues<Specs extends OptionSpecs> = {
  readonly [Name in keyof Specs]?: Specs[Name] extends { readonly many: true }
    ? readonly ValueOf[Specs[Name]["kind"]][]
    : ValueOf[Specs[Name]["kind"]];
};

export type AnyValue = ValueOf[OptionKind];
