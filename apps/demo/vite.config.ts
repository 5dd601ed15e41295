import { defineConfig } from "vite";
import { offline } from "./offline-plugin.js";
import { isolation, securityHeaders } from "./src/offline/headers.js";

export default defineConfig({
  // Relative addresses: the site works in any folder of any host.
  base: "./",
  build: {
    target: "es2022",
    // Inlined files would need exceptions from the Content-Security-Policy.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    modulePreload: { polyfill: false },
  },
  worker: { format: "es" },
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  server: { headers: isolation },
  preview: { headers: securityHeaders },
  plugins: [offline()],
});
