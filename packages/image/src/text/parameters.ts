// AUTOMATIC1111's "parameters" text (modules/infotext_utils.py): the prompt, then "Negative prompt: …", then one line
// of "Key: value" pairs with commas. A value that holds a comma, a colon or a line break is written as a JSON string.

/** The generation data of an image. `settings` keep their order: Steps, Sampler, CFG scale, Seed, Size, Model … */
export interface Parameters {
  readonly prompt: string;
  readonly negativePrompt: string;
  readonly settings: ReadonlyMap<string, string>;
}

const negativeMark = "Negative prompt:";
const pair = /\s*(\w[\w \-/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)/g;
// As the original: fewer pairs than this in the last line, and it belongs to the prompt.
const fewestSettings = 3;
/** Settings have some hundred characters. `pair` backtracks quadratically: one untrusted megabyte would take hours. */
const longestLine = 10_000;

/** Writes the text that goes into a PNG under the keyword "parameters". */
export function formatParameters({ prompt, negativePrompt, settings }: Parameters): string {
  const line = [...settings].map(([key, value]) => `${key}: ${quote(value)}`).join(", ");
  return [prompt, negativePrompt && `${negativeMark} ${negativePrompt}`, line]
    .filter((part) => part !== "")
    .join("\n");
}

/**
 * Reads the text back. As in the original the prompts lose white space around each line, and a last line with fewer
 * than three settings belongs to the prompt; so does one of more than 10,000 characters. Extensions and sites append
 * lines ("Template: …", "Civitai resources: …"): the last line that begins with "Steps:" holds the settings then, and
 * what follows it adds to them. Never throws.
 */
export function parseParameters(text: string): Parameters {
  const all = text.trim().split("\n");
  const named = all.findLastIndex(
    (line) => /^\s*Steps:/.test(line) && pairsOf(line).length >= fewestSettings,
  );
  const isLast = named < 0 && pairsOf(all.at(-1)!).length >= fewestSettings;
  const begin = named >= 0 ? named : all.length - (isLast ? 1 : 0);
  const lines = all.slice(0, begin);
  // The first value of a key counts: what is appended may repeat a key with another meaning.
  const settings = new Map<string, string>();
  for (const [, key, value] of all.slice(begin).flatMap(pairsOf))
    if (!settings.has(key!)) settings.set(key!, unquote(value!));
  const prompt: string[] = [];
  const negative: string[] = [];
  let target = prompt;
  for (const raw of lines) {
    let line = raw.trim();
    if (line.startsWith(negativeMark)) {
      target = negative;
      line = line.slice(negativeMark.length).trim();
    }
    target.push(line);
  }
  return {
    prompt: prompt.join("\n"),
    negativePrompt: negative.join("\n"),
    settings,
  };
}

function pairsOf(line: string): RegExpMatchArray[] {
  return line.length > longestLine ? [] : [...line.matchAll(pair)];
}

function quote(value: string): string {
  return /[,:\n]/.test(value) || value.startsWith('"') ? JSON.stringify(value) : value;
}

function unquote(value: string): string {
  if (!value.startsWith('"') || !value.endsWith('"')) return value;
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === "string" ? parsed : value;
  } catch {
    return value;
  }
}
