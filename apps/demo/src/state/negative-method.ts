// The reader of negative prompts as one text, so that it fits into a link: "", "nag", "nag:scale=3,alpha=0.5".
import type { GenerateOptions, ImageParameters } from "sunstep";

/** The choices of the menu. "" leaves the choice to the model. */
const negativeMethods: Readonly<Record<string, string>> = {
  "": "Automatic",
  nag: "NAG",
  nasa: "NASA",
  vsf: "VSF",
  guidance: "Guidance alone",
};

const spelling = /^(nag|nasa|vsf|guidance)(?::(\w+=-?[\d.]+(?:,\w+=-?[\d.]+)*))?$/;

/** Returns the options of a request; none for a text that names no method. */
export function negativeOption(text: string): Pick<GenerateOptions, "negative"> {
  const [, method, parameters] = spelling.exec(text) ?? [];
  if (method === undefined) return {};
  if (parameters === undefined) return { negative: method };
  const values = parameters.split(",").map((one) => one.split("="));
  return {
    negative: {
      method,
      ...Object.fromEntries(values.map(([name, value]) => [name, Number(value)])),
    } as NonNullable<GenerateOptions["negative"]>,
  };
}

/** Writes the method that an image's text names. */
export function negativeText({ options: { negative } }: ImageParameters): string {
  if (negative === undefined) return "";
  if (typeof negative === "string") return negative;
  const parameters = Object.entries(negative).flatMap(([name, value]) =>
    typeof value === "number" ? [`${name}=${value}`] : [],
  );
  const method = "method" in negative ? negative.method : negative.name;
  return parameters.length > 0 ? `${method}:${parameters.join(",")}` : method;
}

/** The menu's choices, with the one in use if it has parameters of its own. */
export function negativeChoices(current: string): readonly { value: string; label: string }[] {
  const choices = Object.entries(negativeMethods).map(([value, label]) => ({ value, label }));
  return current in negativeMethods ? choices : [...choices, { value: current, label: current }];
}
