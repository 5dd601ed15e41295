import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Plugin } from "vite";
import { contentSecurityPolicy } from "./src/offline/headers.js";
import type { ServedFile } from "./src/offline/served-files.js";

const entry = fileURLToPath(new URL("src/offline/service-worker.ts", import.meta.url));

/** Adds the Content-Security-Policy to a page. */
export const policyTag = (): Plugin => ({
  name: "sunstep-policy",
  apply: "build",
  transformIndexHtml: {
    order: "pre",
    handler: () => [
      {
        tag: "meta",
        attrs: { "http-equiv": "Content-Security-Policy", content: contentSecurityPolicy },
        injectTo: "head-prepend",
      },
    ],
  },
});

/** Builds the service worker with the list of the site's files. */
export function offline(): Plugin {
  let outDir = "";
  return {
    name: "sunstep-offline",
    apply: "build",
    configResolved(config) {
      outDir = join(config.root, config.build.outDir);
    },
    async closeBundle() {
      await build({
        entryPoints: [entry],
        outfile: join(outDir, "sw.js"),
        bundle: true,
        minify: true,
        format: "iife",
        target: "es2022",
        define: { SERVED_FILES: JSON.stringify(servedFiles(outDir)) },
      });
    },
  };
}

function servedFiles(folder: string): ServedFile[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(folder, name)).isFile() && !/(^sw\.js|\.map)$/.test(name))
    .sort()
    .map((name) => {
      const bytes = readFileSync(join(folder, name));
      return {
        path: relative(folder, join(folder, name)).split(sep).join("/"),
        hash: createHash("sha256").update(bytes).digest("hex").slice(0, 16),
        size: bytes.length,
      };
    });
}
