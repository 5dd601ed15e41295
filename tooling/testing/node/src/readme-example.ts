import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

export interface RunReadmeOptions {
  /** Literal replacements in the example, such as paths of files that a reader would have. */
  readonly replace?: Readonly<Record<string, string>>;
  /** Index of the fenced `ts` block to run, from 0; a negative one counts from the end. */
  readonly block?: number;
}

/** Runs a README's fenced `ts` block as a module beside the README and returns what it exports. */
export async function runReadmeExample(
  readme: string,
  { replace = {}, block = 0 }: RunReadmeOptions = {},
): Promise<Record<string, unknown>> {
  const blocks = [...readFileSync(readme, "utf8").matchAll(/^```ts\n(.*?)^```/gms)].map((match) => match[1]!);
  let code = blocks.at(block);
  if (code === undefined) throw new Error(`${readme} has no fenced ts block ${block}`);
  for (const [text, replacement] of Object.entries(replace)) {
    if (!code.includes(text)) throw new Error(`the example in ${readme} does not contain ${text}`);
    code = code.replaceAll(text, replacement);
  }
  const folder = mkdtempSync(join(dirname(readme), "test/.readme-"));
  try {
    const module = join(folder, "example.ts");
    writeFileSync(module, code);
    return (await import(/* @vite-ignore */ pathToFileURL(module).href)) as Record<string, unknown>;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
