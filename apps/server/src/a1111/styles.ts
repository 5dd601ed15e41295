// AUTOMATIC1111's styles.csv: texts that are added to prompts by the style's name.

import { parse } from "csv-parse/sync";
import { serverError } from "../errors.js";

export interface Style {
  readonly name: string;
  readonly prompt: string;
  readonly negative_prompt: string;
}

/**
 * Reads the columns name, prompt and negative_prompt; older files call the second one text. Names that begin with # are
 * comments.
 * @throws REQUEST_VALUE
 */
export function parseStyles(csv: string): Style[] {
  const rows = parse(csv, {
    columns: true,
    bom: true,
    skip_empty_lines: true,
    relax_column_count: true,
  }) as Partial<Record<string, string>>[];
  return rows
    .filter(({ name = "" }) => name !== "" && !name.startsWith("#"))
    .map(({ name = "", prompt, text, negative_prompt }) => ({
      name,
      prompt: prompt ?? text ?? "",
      negative_prompt: negative_prompt ?? "",
    }));
}

interface Prompts {
  readonly prompt: string;
  readonly negativePrompt: string;
}

/** A style that adds nothing, as AUTOMATIC1111's menu has it. */
const isNone = (name: string) => name === "None" || name === "";

/** Adds styles to both prompts. @throws REQUEST_VALUE for a style that is not there */
export function withStyles(prompts: Prompts, wanted: readonly string[], styles: readonly Style[]): Prompts {
  let { prompt, negativePrompt } = prompts;
  for (const name of wanted.filter((one) => !isNone(one))) {
    const style = styles.find((one) => one.name === name);
    if (!style) {
      const known =
        styles.map((one) => JSON.stringify(one.name)).join(", ") || "none: start it with --styles FILE";
      throw serverError("REQUEST_VALUE", `style ${JSON.stringify(name)} is not here; there are ${known}`);
    }
    prompt = merged(style.prompt, prompt);
    negativePrompt = merged(style.negative_prompt, negativePrompt);
  }
  return { prompt, negativePrompt };
}

/** Puts the prompt where the style says, else before it. */
function merged(style: string, prompt: string): string {
  if (style.includes("{prompt}")) return style.replaceAll("{prompt}", prompt);
  return [prompt, style]
    .map((text) => text.trim())
    .filter(Boolean)
    .join(", ");
}
