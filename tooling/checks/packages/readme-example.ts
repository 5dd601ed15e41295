// The first example of a README: its first `ts` block, or the first command for a command-line program.

export type ReadmeExample =
  | { readonly kind: "module"; readonly code: string }
  | { readonly kind: "command"; readonly line: string };

export function readmeExample(readme: string): ReadmeExample | undefined {
  const code = /^```ts\n(.*?)^```/ms.exec(readme)?.[1];
  if (code !== undefined) return { kind: "module", code };
  const line = /^```sh\n(npx .*?)\n/ms.exec(readme)?.[1];
  return line === undefined ? undefined : { kind: "command", line };
}
