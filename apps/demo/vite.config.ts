import { statSync } from "node:fs";
import { emojiModelFiles, emojiSunAdapterUrl } from "@sunstep/emoji-model/files";
import { defineConfig } from "vite";
import { sourceAliases } from "../../source-aliases.js";
import { offline, policyTag } from "./offline-plugin.js";
import { isolation, securityHeaders } from "./src/offline/headers.js";

const embeddedBytes = {
  model: Object.values(emojiModelFiles).reduce((sum, file) => sum + statSync(file).size, 0),
  acceleration: statSync(emojiSunAdapterUrl).size,
};

export default defineConfig({
  // Servers that compress do not tell a file's size.
  define: { EMBEDDED_BYTES: JSON.stringify(embeddedBytes) },
  // Relative addresses: the site works in any folder of any host.
  base: "./",
  // Built from the packages' sources, so that what is loaded on demand stays out of the first chunks.
  resolve: { alias: sourceAliases({ browser: true }) },
  build: {
    target: "es2022",
    // Inlined files would need exceptions from the Content-Security-Policy.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    // 3% smaller than esbuild's result, for a few seconds.
    minify: "terser",
    terserOptions: { module: true, compress: { passes: 2 } },
    modulePreload: { polyfill: false },
  },
  worker: {
    format: "es",
    // The page reads images with the browser's decoders; this package does not say that it can be left out.
    rollupOptions: { treeshake: { moduleSideEffects: (id) => !id.includes("/jpeg-js/") } },
  },
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  server: { headers: isolation },
  preview: { headers: securityHeaders },
  plugins: [policyTag(), offline()],
});
