import type { NegativeAttentionOptions } from "@sunstep/negative-attention";
import type { Conditioning, InputShapes, NegativeMethod, NegativePrompt } from "@sunstep/pipeline";
import { type Tensor, tensor, zeros } from "@sunstep/tensor";
import { negativeError, negativeWarning } from "./errors.js";
import { METHOD_SETTING, type Parameter, SIGMA_END, textsOf } from "./parameters.js";

/** A pass of `@sunstep/negative-attention`. */
type AddBranch = (
  options: NegativeAttentionOptions,
) => ReturnType<NonNullable<NegativeMethod["adapter"]>["passes"]>[number];

/** A method as data. */
export interface MethodDefinition<Name extends string> {
  /** Its name in options, and in the names of its inputs. */
  readonly name: string;
  /** Its name in texts. */
  readonly label: string;
  readonly parameters: Readonly<Record<Name, Parameter>>;
  readonly pass: AddBranch;
  /** Returns its inputs beside the encoded negative prompt. */
  inputs(parameters: Readonly<Record<Name, number>>, negative: NegativePrompt): Conditioning;
  /** The shapes of those inputs and of `on`, for encoded negative prompts of this shape. */
  shapes(negative: readonly number[]): InputShapes;
  /** Inputs that conditioning lacks, as they are while the method is used. */
  readonly on?: Conditioning;
  /** True for parameters that leave the network plain. */
  isOff(parameters: Readonly<Record<Name, number>>): boolean;
}

/** Parameters of a method, and the lowest noise level at which it is used. */
export type MethodOptions<Name extends string> = { readonly [Key in Name]?: number } & {
  readonly sigmaEnd?: number;
};

/** Returns a function that makes the method with parameters of a request; it throws NEGATIVE_PARAMETER. */
export function defineMethod<Name extends string>(definition: MethodDefinition<Name>) {
  const { name, label, pass, shapes, on } = definition;
  const parameters: Readonly<Record<string, Parameter>> = { ...definition.parameters, sigmaEnd: SIGMA_END };
  const texts = textsOf(definition);
  return (options: MethodOptions<Name> = {}): NegativeMethod => {
    const values = readParameters(name, parameters, options);
    const own = values as Readonly<Record<Name, number>>;
    return {
      name,
      ...(values.sigmaEnd! > 0 && { sigmaEnd: values.sigmaEnd! }),
      adapter: {
        key: name,
        passes: (network, { negative_hidden_states }) =>
          network === "unet" ? [pass({ negativeTokens: negative_hidden_states![1]! })] : [],
        off: ({ encoder_hidden_states, negative_hidden_states = encoder_hidden_states! }) =>
          zerosOf({ negative_hidden_states, ...shapes(negative_hidden_states) }),
        ...(on && { on: () => on }),
      },
      inputs: (negative) => ({
        negative_hidden_states: negative.conditioning.encoder_hidden_states!,
        ...definition.inputs(own, negative),
      }),
      check: () => (definition.isOff(own) ? [withoutEffect(label, values)] : []),
      parameters: () => ({
        [METHOD_SETTING]: label,
        ...Object.fromEntries(
          Object.keys(parameters)
            .filter((key) => key !== "sigmaEnd" || values[key]! > 0)
            .map((key) => [texts[key]!, values[key]!]),
        ),
      }),
    };
  };
}

/** A tensor of one number, which all images share. */
export const scalar = (value: number): Tensor<"float32"> => tensor(Float32Array.of(value), [1]);

function zerosOf(shapes: InputShapes): Conditioning {
  return Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, zeros(shape)]));
}

function readParameters(
  method: string,
  parameters: Readonly<Record<string, Parameter>>,
  options: Readonly<Record<string, unknown>>,
): Readonly<Record<string, number>> {
  const unknown = Object.keys(options).find((key) => !Object.hasOwn(parameters, key));
  if (unknown !== undefined) {
    throw negativeError(
      "NEGATIVE_PARAMETER",
      `negative ${method}: there is no parameter ${JSON.stringify(unknown)}; there are ${Object.keys(parameters).join(", ")}`,
      { method, parameter: unknown },
    );
  }
  return Object.fromEntries(
    Object.entries(parameters).map(([key, { field, default: published }]) => {
      const given = options[key] ?? published;
      const value = field.read(given);
      if (value !== undefined) return [key, value];
      throw negativeError(
        "NEGATIVE_PARAMETER",
        `negative ${method}: ${key} ${String(given)} must be ${field.expects}`,
        { method, parameter: key, value: given },
      );
    }),
  );
}

function withoutEffect(label: string, values: Readonly<Record<string, number>>) {
  const list = Object.entries(values)
    .filter(([key]) => key !== "sigmaEnd")
    .map(([key, value]) => `${key} ${value}`);
  return negativeWarning(
    "NEGATIVE_WITHOUT_EFFECT",
    `${label} with ${list.join(", ")} leaves the image as it is without a negative prompt: choose another strength`,
    { method: label, ...values },
  );
}
