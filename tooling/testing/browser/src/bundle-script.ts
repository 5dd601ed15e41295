import { build } from "esbuild";

/** Bundles a module as one classic script, for `addInitScript` of Playwright. */
export async function bundleScript(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: "iife",
    target: "es2022",
    logLevel: "error",
  });
  return outputFiles[0]!.text;
}
