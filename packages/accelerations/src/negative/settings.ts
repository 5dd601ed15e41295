// Negative methods in the text that images carry, under names of our own: other programs have none.

import type { NegativeMethodSpec } from "./methods.js";
import { METHOD_SETTING, negativeParameters, textsOf } from "./parameters.js";

const known = Object.entries(negativeParameters).map(
  ([method, one]) => [method, { label: one.label, texts: textsOf(one) }] as const,
);

/** The value of a text whose negative prompt was not read. */
const NONE = "none";

/** Names of the settings, and the form of their values. */
export const negativeSettings: Readonly<Record<string, RegExp>> = {
  [METHOD_SETTING]: new RegExp(`^(${[...known.map(([, { label }]) => label), NONE].join("|")})$`),
  ...Object.fromEntries(
    known.flatMap(([, { texts }]) =>
      Object.values(texts).map((name) => [name, /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i]),
    ),
  ),
};

/** The setting that says that a negative prompt was not read. */
export const unreadNegative = { [METHOD_SETTING]: NONE } as const;

/** Reads the method of a text; "none" if the text says that no method read the negative prompt. */
export function negativeOfSettings(
  settings: ReadonlyMap<string, string>,
): NegativeMethodSpec | typeof NONE | undefined {
  const label = settings.get(METHOD_SETTING);
  if (label === NONE) return NONE;
  const found = known.find(([, one]) => one.label === label);
  if (!found) return undefined;
  const [method, { texts }] = found;
  const parameters = Object.entries(texts).flatMap(([key, name]) => {
    const value = settings.get(name)?.trim() ?? "";
    return negativeSettings[name]!.test(value) ? [[key, Number(value)] as const] : [];
  });
  return { method, ...Object.fromEntries(parameters) } as NegativeMethodSpec;
}
