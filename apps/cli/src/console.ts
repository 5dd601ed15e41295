/** Where a command writes: results to standard output, everything else to standard error. */
export interface Console {
  /** Whether progress is drawn over itself, so that it may be told as often as one likes. */
  readonly hasBar: boolean;
  result(line: string): void;
  note(line: string): void;
  /** What is happening now: a bar on a terminal, a line elsewhere. `fraction` 0 to 1. */
  progress(text: string, fraction?: number): void;
  /** Ends the bar. */
  clear(): void;
}

const BAR_WIDTH = 24;

/** Names and texts of files come from strangers: what would steer the terminal is shown as a sign of its own. */
const printable = (text: string) => text.replace(/[^\P{Cc}\n\t]/gu, "\uFFFD");

export interface TextStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export function createConsole(stdout: TextStream, stderr: TextStream): Console {
  let drawn = false;
  let last = "";
  const clear = () => {
    if (drawn) stderr.write("\r\u001b[K");
    drawn = false;
  };
  return {
    hasBar: stderr.isTTY === true,
    result(line) {
      clear();
      stdout.write(`${printable(line)}\n`);
    },
    note(line) {
      clear();
      stderr.write(`${printable(line)}\n`);
    },
    progress(news, fraction) {
      const text = printable(news);
      if (!stderr.isTTY) {
        if (text !== last) stderr.write(`${text}\n`);
        last = text;
        return;
      }
      const line = fraction === undefined ? text : `${bar(fraction)} ${text}`;
      stderr.write(`\r\u001b[K${line.slice(0, (stderr.columns ?? 80) - 1)}`);
      drawn = true;
    },
    clear,
  };
}

function bar(fraction: number): string {
  const full = Math.round(Math.min(1, Math.max(0, fraction)) * BAR_WIDTH);
  return "█".repeat(full) + "░".repeat(BAR_WIDTH - full);
}
