// The headers let WebAssembly use threads; without them it runs on one.
const headers = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

export default {
  build: { target: "es2022", chunkSizeWarningLimit: 1000 },
  // These packages find files beside them.
  optimizeDeps: { exclude: ["sunstep", "@sunstep/emoji-model", "@sunstep/runtime-web"] },
  server: { headers },
  preview: { headers },
};
