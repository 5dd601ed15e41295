// The example that a package's README opens with: its first `ts` block, or of a command-line program its first command.

export type ReadmeExample =
  | { readonly kind: "module"; readonly code: string }
  | { readonly kind: "command"; readonly line: string };

export function readmeExample(readme: string): ReadmeExample | undefined {
  const code = /^```ts\n(.*?)^```/ms.exec(readme)?.[1];
  if (code !== undefined) return { kind: "module", code };
  const line = /^```sh\n(npx .*?)\n/ms.exec(readme)?.[1];
  return line === undefined ? undefined : { kind: "command", line };
}
