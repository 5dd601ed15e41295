// Code of READMEs.

export type ReadmeExample =
  | { readonly kind: "module"; readonly code: string }
  | { readonly kind: "command"; readonly line: string };

/** Returns the first `ts` block, or the first command for a command-line program. */
export function readmeExample(readme: string): ReadmeExample | undefined {
  const code = /^```ts\n(.*?)^```/ms.exec(readme)?.[1];
  if (code !== undefined) return { kind: "module", code };
  const line = /^```sh\n(npx .*?)\n/ms.exec(readme)?.[1];
  return line === undefined ? undefined : { kind: "command", line };
}

/** Returns the block whose first line is a comment with the file's name, without that line. */
export function readmeFile(readme: string, file: string): string | undefined {
  const blocks = [...readme.matchAll(/^```(?:html|js)\n(.*?)^```/gms)].map((match) => match[1]!);
  const block = blocks.find((text) => text.split("\n", 1)[0]!.includes(file));
  return block?.slice(block.indexOf("\n") + 1);
}
