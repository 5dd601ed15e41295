// Syntax of prompts beyond text and weights, as user interfaces read it. A text encoder would see it as words: the caller
// applies a directive or warns of it.
//   <lora:name:scale>, <lora:name:te:unet>   AUTOMATIC1111 (modules/extra_networks.py): a LoRA and its scales
//   [from:to:when]   [to:when]   [a|b]       AUTOMATIC1111 (modules/prompt_parser.py): prompts that change with the steps
//   a AND b                                  AUTOMATIC1111: composed predictions
//   embedding:name                           ComfyUI: a textual inversion

/** One piece of a prompt with a meaning of its own; `text` is the piece as it stands there. */
export type PromptDirective =
  | {
      readonly kind: "lora";
      readonly text: string;
      readonly name: string;
      /** Scale of the text encoder's part: the first number. Default 1. */
      readonly textEncoderScale: number;
      /** Scale of the U-Net's part: the second number, or the first where it is alone. */
      readonly unetScale: number;
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
const embedding = /(?<![\p{L}\p{N}_])embedding:([\w.-]+)/gu;

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

function readTag(text: string, type: string, content: string): PromptDirective {
  const [name = "", first, second] = content.split(":").map((part) => part.trim());
  if (type !== "lora") return { kind: "extra-network", text, type, name };
  const textEncoderScale = scaleOf(first) ?? 1;
  return { kind: "lora", text, name, textEncoderScale, unetScale: scaleOf(second) ?? textEncoderScale };
}

/** "0.8", and the named form "te=0.8" or "unet=0.8". */
function scaleOf(text: string | undefined): number | undefined {
  const digits = text?.replace(/^(te|unet)=/, "");
  return digits && Number.isFinite(Number(digits)) ? Number(digits) : undefined;
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
