// Prompts that change with the steps, in AUTOMATIC1111's grammar (modules/prompt_parser.py, schedule_parser):
//   [from:to:when]  [to:when]  [from::when]   before or after a step: a whole number, or with a point a share of the steps
//   [a|b|c]                                   alternates from step to step
// They nest, and hold weights. A bracket that is none of these is text; so is the whole prompt where a bar stands outside
// of square brackets. Unlike there, a change stays one where two stray brackets or colons follow it directly: the
// original's parser reads "[a:b:3][:" as text, and "[a:b:3] [:" as a change.

/** A text of the prompt until a step: the first entry whose `end` is not below the step applies. */
export interface ScheduledText {
  /** From 1; of the last entry the number of steps. */
  readonly end: number;
  readonly text: string;
}

export interface PromptSchedule {
  /** Ascending. One entry for a prompt that does not change. */
  readonly entries: readonly ScheduledText[];
  /** The pieces of the prompt that were read as changes, as they stand there. */
  readonly applied: readonly string[];
}

type Sequence = readonly Piece[];
type Piece =
  | string
  | { readonly before: Sequence; readonly after: Sequence; readonly when: string }
  | { readonly options: readonly Sequence[] };

/** An open bracket: its parts, and the separators between them. */
interface Frame {
  readonly open: string;
  readonly start: number;
  readonly parts: Piece[][];
  readonly separators: string[];
}

const token = /(?:[^\\[\]():|]|\\.)+|[[\]():|]/g;
const closes: Readonly<Record<string, string>> = { ")": "(", "]": "[" };
const when = /^\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)\s*$/i;

/** Returns the texts of a prompt over a number of steps. Takes any text, in time in proportion to its length. */
export function promptSchedule(prompt: string, steps: number): PromptSchedule {
  const applied: string[] = [];
  const sequence = prompt.includes("[") && parse(prompt, (piece) => applied.push(piece));
  if (!sequence || applied.length === 0) return { entries: [{ end: steps, text: prompt }], applied: [] };
  const ends = new Set([steps]);
  collectEnds(sequence, steps, ends);
  const sorted = [...ends].sort((a, b) => a - b);
  return { entries: sorted.map((end) => ({ end, text: textAt(sequence, end, steps) })), applied };
}

/**
 * Returns the text of an evaluation of the network, counted from 0. The first two evaluations have the text of step 1, as
 * AUTOMATIC1111 has it, which compares the count with `end` (reconstruct_cond_batch).
 */
export function scheduledText({ entries }: PromptSchedule, evaluation: number): string {
  return (entries.find(({ end }) => evaluation <= end) ?? entries[0]!).text;
}

/** Undefined for a prompt that the grammar does not take: a bar outside of square brackets, a backslash at the end. */
function parse(prompt: string, onApplied: (piece: string) => void): Sequence | undefined {
  const root: Piece[] = [];
  const open: Frame[] = [];
  let isBroken = false;
  let position = 0;
  const add = (piece: Piece) => (open.at(-1)?.parts.at(-1) ?? root).push(piece);
  /** Brackets that enclose what cannot stand in one are text. */
  const dissolve = () => {
    for (const { open: bracket, parts, separators } of open.splice(0)) {
      root.push(bracket, ...parts.flatMap((part, i) => [...part, separators[i] ?? ""]));
      isBroken ||= separators.includes("|");
    }
  };
  for (const { 0: text, index } of prompt.matchAll(token)) {
    if (index !== position) return undefined;
    position = index + text.length;
    const frame = open.at(-1);
    if (text === "(" || text === "[") open.push({ open: text, start: index, parts: [[]], separators: [] });
    else if (text in closes) {
      const piece = frame && frame.open === closes[text] ? closed(frame, text) : undefined;
      if (piece) {
        open.pop();
        for (const one of piece) add(one);
        if (typeof piece[0] === "object") onApplied(prompt.slice(frame?.start, position));
      } else {
        dissolve();
        root.push(text);
      }
    } else if (frame && (text === ":" || text === "|")) {
      frame.separators.push(text);
      frame.parts.push([]);
    } else {
      isBroken ||= text === "|";
      add(text);
    }
  }
  dissolve();
  return isBroken || position !== prompt.length ? undefined : root;
}

/** Returns the pieces of a bracket that is closed; undefined for one whose parts fit no form. */
function closed({ open, parts, separators }: Frame, close: string): readonly Piece[] | undefined {
  const count = separators.length;
  const bars = separators.filter((separator) => separator === "|").length;
  if (count === 0 || (open === "(" && count === 1 && bars === 0))
    return [open, ...parts.flatMap((part, i) => [...part, separators[i] ?? ""]), close];
  if (open === "(") return undefined;
  if (bars === count) return [{ options: parts }];
  const last = parts.at(-1)!;
  const [, number] = (last.length === 1 && typeof last[0] === "string" && when.exec(last[0])) || [];
  if (bars > 0 || count > 2 || number === undefined) return undefined;
  const [before, after] = count === 2 ? [parts[0]!, parts[1]!] : [[], parts[0]!];
  return [{ before, after, when: number }];
}

/** The last step of `before`. A number without a point counts steps, one with a point is a share of them. */
const lastStep = (number: string, steps: number): number =>
  Math.min(steps, Math.trunc(number.includes(".") ? Number(number) * steps : Number(number)));

function collectEnds(sequence: Sequence, steps: number, ends: Set<number>): void {
  for (const piece of sequence) {
    if (typeof piece === "string") continue;
    if ("options" in piece) {
      for (let step = 1; step <= steps; step++) ends.add(step);
      for (const option of piece.options) collectEnds(option, steps, ends);
      continue;
    }
    const last = lastStep(piece.when, steps);
    if (last >= 1) ends.add(last);
    collectEnds(piece.before, steps, ends);
    collectEnds(piece.after, steps, ends);
  }
}

function textAt(sequence: Sequence, step: number, steps: number): string {
  return sequence
    .map((piece) => {
      if (typeof piece === "string") return piece;
      if ("options" in piece) return textAt(piece.options[(step - 1) % piece.options.length]!, step, steps);
      const { before, after, when } = piece;
      return textAt(step <= lastStep(when, steps) ? before : after, step, steps);
    })
    .join("");
}
