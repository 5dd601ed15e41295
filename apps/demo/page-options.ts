import type { UserConfig } from "vite";

/** Options of the builds of both pages. */
export const pageOptions = {
  // Relative addresses: the site works in any folder of any host.
  base: "./",
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
} as const satisfies UserConfig;

/** The same, of their output. */
export const pageBuild = {
  target: "es2022",
  // Inlined files would need exceptions from the Content-Security-Policy.
  assetsInlineLimit: 0,
  reportCompressedSize: false,
  modulePreload: { polyfill: false },
} as const satisfies UserConfig["build"];
