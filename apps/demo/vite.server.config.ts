// Builds the page of @sunstep/server: without a model and a runtime, since the server computes.

import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { sourceAliases } from "../../source-aliases.js";
import { policyTag } from "./offline-plugin.js";
import { pageBuild, pageOptions } from "./page-options.js";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  ...pageOptions,
  root: at("./server"),
  publicDir: false,
  resolve: {
    alias: [
      // The page only reads the texts of images: the whole package would bring its model and its runtime.
      { find: /^sunstep$/, replacement: at("../../packages/sunstep/src/parameters/sun-parameters.ts") },
      ...sourceAliases(),
    ],
  },
  build: pageBuild,
  plugins: [policyTag()],
});
