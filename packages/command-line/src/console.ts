/** The output of a command: results go to standard output, everything else to standard error. */
export interface Console {
  /** True if progress is redrawn in place, so that it may be reported at any rate. */
  readonly hasBar: boolean;
  result(line: string): void;
  note(line: string): void;
  /** Shows the current activity: a bar on a terminal, a line elsewhere. `fraction`: 0 to 1. */
  progress(text: string, fraction?: number): void;
  /** Removes the bar. */
  clear(): void;
}

const BAR_WIDTH = 24;

/** Replaces control characters: names and texts of files are untrusted input and could steer the terminal. */
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
