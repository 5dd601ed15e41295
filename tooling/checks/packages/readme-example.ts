// Code of READMEs.

import type { ServiceExample } from "./try-service.js";

export type ReadmeExample =
  | { readonly kind: "module"; readonly code: string }
  | { readonly kind: "command"; readonly line: string }
  | ({ readonly kind: "service" } & ServiceExample);

/**
 * Returns the first `ts` block, or the first command for a command-line program. A program that a `curl` command follows
 * serves until it is stopped.
 */
export function readmeExample(readme: string): ReadmeExample | undefined {
  const code = /^```ts\n(.*?)^```/ms.exec(readme)?.[1];
  if (code !== undefined) return { kind: "module", code };
  const line = /^```sh\n(npx .*?)\n/ms.exec(readme)?.[1];
  if (line === undefined) return undefined;
  const request = /^```sh\ncurl -s (\S+) .*?-d '(.*?)'/ms.exec(readme);
  return request ? { kind: "service", line, url: request[1]!, body: request[2]! } : { kind: "command", line };
}

/** Returns the block whose first line is a comment with the file's name, without that line. */
export function readmeFile(readme: string, file: string): string | undefined {
  const blocks = [...readme.matchAll(/^```(?:html|js)\n(.*?)^```/gms)].map((match) => match[1]!);
  const block = blocks.find((text) => text.split("\n", 1)[0]!.includes(file));
  return block?.slice(block.indexOf("\n") + 1);
}
