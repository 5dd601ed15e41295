// The parameters of every method: published values, ranges, and names in the text that images carry.
import { type Field, fields } from "@sunstep/errors";

export interface Parameter {
  /** The published value. */
  readonly default: number;
  readonly field: Field<number>;
  /** Its name in texts, behind the method's. */
  readonly text: string;
}

interface MethodParameters {
  /** The method's name in texts. */
  readonly label: string;
  readonly parameters: Readonly<Record<string, Parameter>>;
}

const { number } = fields;

export const negativeParameters = {
  // ComfyUI-NAG, node.py.
  nag: {
    label: "NAG",
    parameters: {
      scale: { default: 5, field: number(1, 100), text: "scale" },
      tau: { default: 2.5, field: number(0, 100), text: "tau" },
      alpha: { default: 0.25, field: number(0, 1), text: "alpha" },
    },
  },
  nasa: { label: "NASA", parameters: { scale: { default: 0.3, field: number(0, 10), text: "scale" } } },
  // Published for SD3.5-turbo.
  vsf: {
    label: "VSF",
    parameters: {
      scale: { default: 3.5, field: number(0, 100), text: "scale" },
      offset: { default: 0.1, field: number(-100, 100), text: "offset" },
    },
  },
} as const satisfies Readonly<Record<string, MethodParameters>>;

/** Names of the methods that read negative prompts in the network's attention. */
export type NegativeMethodName = keyof typeof negativeParameters;

/** Every method has it: ComfyUI-NAG's `nag_sigma_end`. 0 is never. */
export const SIGMA_END = { default: 0, field: number(0), text: "sigma end" } as const satisfies Parameter;

/** The name of the setting that names the method. */
export const METHOD_SETTING = "Negative method";

/** Returns the names of a method's parameters in texts. */
export function textsOf({ label, parameters }: MethodParameters): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries({ ...parameters, sigmaEnd: SIGMA_END }).map(([key, { text }]) => [
      key,
      `${label} ${text}`,
    ]),
  );
}
