import { statSync } from "node:fs";
import { emojiModelFiles, emojiSunAdapterUrl } from "@sunstep/emoji-model/files";
import { defineConfig } from "vite";
import { sourceAliases } from "../../source-aliases.js";
import { offline, policyTag } from "./offline-plugin.js";
import { pageBuild, pageOptions } from "./page-options.js";
import { isolation, securityHeaders } from "./src/offline/headers.js";

const embeddedBytes = {
  model: Object.values(emojiModelFiles).reduce((sum, file) => sum + statSync(file).size, 0),
  acceleration: statSync(emojiSunAdapterUrl).size,
};

export default defineConfig({
  ...pageOptions,
  // Servers that compress do not tell a file's size.
  define: { EMBEDDED_BYTES: JSON.stringify(embeddedBytes) },
  // Built from the packages' sources, so that what is loaded on demand stays out of the first chunks.
  resolve: { alias: sourceAliases({ browser: true }) },
  build: {
    ...pageBuild,
    // 3% smaller than esbuild's result, for a few seconds.
    minify: "terser",
    terserOptions: { module: true, compress: { passes: 2 } },
  },
  worker: {
    format: "es",
    // The page reads images with the browser's decoders; this package does not say that it can be left out.
    rollupOptions: { treeshake: { moduleSideEffects: (id) => !id.includes("/jpeg-js/") } },
  },
  server: { headers: isolation },
  preview: { headers: securityHeaders },
  plugins: [policyTag(), offline()],
});
