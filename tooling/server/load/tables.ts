import type { Load } from "./measure.js";

export interface Memory {
  readonly requests: number;
  readonly bytes: number;
}

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)]!;

/** One row for each number of clients: the median of its rounds, and the least and the largest ratio. */
export function loadTable(rounds: readonly Load[]): string {
  const rows = [...new Set(rounds.map(({ clients }) => clients))].map((clients) => {
    const own = rounds.filter((round) => round.clients === clients);
    const middle = (value: (round: Load) => number) => median(own.map(value));
    const ratios = own.map(({ rate, alone }) => rate / alone);
    const range = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`;
    const cells = [
      clients,
      middle(({ rate }) => rate).toFixed(2),
      middle(({ alone }) => alone).toFixed(2),
      `${median(ratios).toFixed(2)} (${range})`,
      `${middle(({ p50 }) => p50)} ms`,
      `${middle(({ p99 }) => p99)} ms`,
      own.reduce((sum, { refused }) => sum + refused, 0),
    ];
    return `| ${cells.join(" | ")} |`;
  });
  const head = ["clients", "images a second", "library alone", "ratio", "p50", "p99", "refused"];
  return [`| ${head.join(" | ")} |`, `| ${head.map(() => "---").join(" | ")} |`, ...rows].join("\n");
}

/** The resident memory over the requests, and how much of it came after the first of the looks. */
export function memoryText(looks: readonly Memory[]): string {
  const [first] = looks;
  const last = looks.at(-1);
  if (!first || !last) return "";
  const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
  const list = looks.map(({ requests, bytes }) => `${requests}: ${megabytes(bytes)}`).join(", ");
  const growth = ((100 * (last.bytes - first.bytes)) / first.bytes).toFixed(1);
  return `Resident memory of the server after so many requests (64 × 64, one step, 8 clients): ${list}. From the first look to the last it changed by ${growth} %.`;
}
