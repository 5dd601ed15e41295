// Syntax of prompts beyond text and weights, as user interfaces read it. A text encoder would see it as words: the caller
// applies a directive or warns of it.
//   <lora:name:scale>, <lora:name:te:unet>   AUTOMATIC1111 (modules/extra_networks.py, extensions-builtin/Lora): a LoRA
//   [from:to:when]   [to:when]   [a|b]       AUTOMATIC1111 (modules/prompt_parser.py): prompts that change with the steps
//   a AND b                                  AUTOMATIC1111: composed predictions
//   embedding:name                           ComfyUI: a textual inversion

/** One piece of a prompt with a meaning of its own; `text` is the piece as it stands there. Scales may be NaN. */
export type PromptDirective =
  | {
      readonly kind: "lora";
      readonly text: string;
      readonly name: string;
      /** Scale of the text encoder's part: the first number. Default 1. */
      readonly textEncoderScale: number;
      /** Scale of the U-Net's part: the second number, or the first where it is alone. */
      readonly unetScale: number;
      /** Further arguments: AUTOMATIC1111's limit of the rank, block weights of its extensions. */
      readonly rest: readonly string[];
    }
  | { readonly kind: "extra-network"; readonly text: string; readonly type: string; readonly name: string }
  | { readonly kind: "schedule"; readonly text: string }
  | { readonly kind: "alternation"; readonly text: string }
  | { readonly kind: "composition"; readonly text: "AND" }
  | { readonly kind: "embedding"; readonly text: string; readonly name: string };

export interface DirectedPrompt {
  /** The prompt without the tags in angle brackets, which AUTOMATIC1111 takes out before anything else. */
  readonly prompt: string;
  readonly directives: readonly PromptDirective[];
}

const tag = /<(\w+):([^<>]+)>/g;
const composition = /(?<![\p{L}\p{N}_])AND(?![\p{L}\p{N}_])/gu;
const embedding = /(?<![\p{L}\p{N}_])embedding:([^\s,()[\]:|<>]+)/giu;

/** Finds the directives of a prompt, in the order of the list above. Never throws. */
export function promptDirectives(prompt: string): DirectedPrompt {
  const tags = [...prompt.matchAll(tag)].map(([text, type, content]) => readTag(text, type!, content!));
  const rest = prompt.replace(tag, "");
  return {
    prompt: rest,
    directives: [
      ...tags,
      ...bracketed(rest),
      ...[...rest.matchAll(composition)].map(() => ({ kind: "composition", text: "AND" }) as const),
      ...[...rest.matchAll(embedding)].map(
        ([text, name]) => ({ kind: "embedding", text, name: name! }) as const,
      ),
    ],
  };
}

/** Types of tags that mean a LoRA. LyCORIS files have had a type of their own. */
const loraTypes = ["lora", "lyco"];

function readTag(text: string, type: string, content: string): PromptDirective {
  const parts = content.split(":").map((part) => part.trim());
  const named = new Map(
    parts.filter((part) => part.includes("=")).map((part) => part.split("=", 2) as [string, string]),
  );
  const [name = "", first, second, ...others] = parts.filter((part) => !part.includes("="));
  if (!loraTypes.includes(type)) return { kind: "extra-network", text, type, name };
  const textEncoderScale = scaleOf(named.get("te") ?? first) ?? 1;
  return {
    kind: "lora",
    text,
    name,
    textEncoderScale,
    unetScale: scaleOf(named.get("unet") ?? second) ?? textEncoderScale,
    rest: [...others, ...parts.filter((part) => /^(?!te=|unet=)[^=]*=/.test(part))],
  };
}

function scaleOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return text === "" ? Number.NaN : Number(text);
}
/** Square brackets with a "|" or a number after a colon, at their own level. Others divide a weight. */
function bracketed(prompt: string): PromptDirective[] {
  const found: PromptDirective[] = [];
  const open: { start: number; hasBar: boolean; colon: number }[] = [];
  for (let i = 0; i < prompt.length; i++) {
    const char = prompt[i]!;
    const level = open.at(-1);
    if (char === "\\") i++;
    else if (char === "[") open.push({ start: i, hasBar: false, colon: -1 });
    else if (level && char === "|") level.hasBar = true;
    else if (level && char === ":") level.colon = i;
    else if (level && char === "]") {
      open.pop();
      const text = prompt.slice(level.start, i + 1);
      if (level.hasBar) found.push({ kind: "alternation", text });
      else if (level.colon >= 0 && /^\s*\d*\.?\d+\s*$/.test(prompt.slice(level.colon + 1, i)))
        found.push({ kind: "schedule", text });
    }
  }
  return found;
}
