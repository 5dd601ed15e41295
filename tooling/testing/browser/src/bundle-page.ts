import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const runtimeWeb = join(root, "packages/runtime-web");

export interface PageBundle {
  /** Folder to serve: index.html, page.js, worker.js and ONNX Runtime's files. */
  readonly folder: string;
  remove(): void;
}

/** Bundles a test's page from the packages' sources, as an app's bundler does from published packages. */
export async function bundlePage(
  entry: string,
  { minify = false }: { readonly minify?: boolean } = {},
): Promise<PageBundle> {
  const folder = mkdtempSync(join(tmpdir(), "sunstep-page-"));
  await build({
    entryPoints: { page: entry, worker: join(runtimeWeb, "src/worker.ts") },
    outdir: folder,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    conditions: ["browser", "onnxruntime-web-use-extern-wasm"],
    tsconfig: join(root, "tsconfig.json"),
    // The paths of tsconfig.json lead to the entry for Node.
    alias: { sunstep: join(root, "packages/sunstep/src/browser.ts") },
    minify,
    sourcemap: minify ? false : "inline",
    logLevel: "error",
  });
  const onnxruntime = dirname(
    createRequire(join(runtimeWeb, "package.json")).resolve("onnxruntime-web/wasm"),
  );
  for (const name of ["ort-wasm-simd-threaded", "ort-wasm-simd-threaded.asyncify"]) {
    for (const ending of [".mjs", ".wasm"])
      copyFileSync(join(onnxruntime, name + ending), join(folder, name + ending));
  }
  writeFileSync(
    join(folder, "index.html"),
    '<!doctype html><meta charset="utf-8"><title>test</title><link rel="icon" href="data:,"><script type="module" src="page.js"></script>',
  );
  return { folder, remove: () => rmSync(folder, { recursive: true }) };
}
