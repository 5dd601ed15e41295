import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// Tests run on the packages' sources: no build is needed between an edit and its test.
export default defineConfig({
  resolve: {
    alias: [
      { find: /^@sunstep\/testing$/, replacement: at("./tooling/testing/node/src/index.ts") },
      { find: /^@sunstep\/emoji-data$/, replacement: at("./tooling/emoji/data/src/index.ts") },
      { find: /^@sunstep\/browser-testing$/, replacement: at("./tooling/testing/browser/src/index.ts") },
      {
        find: /^@sunstep\/([^/]+)\/(node|web|files|worker|conformance|training|presets|redis)$/,
        replacement: at("./packages/$1/src/$2.ts"),
      },
      { find: /^@sunstep\/([^/]+)$/, replacement: at("./packages/$1/src/index.ts") },
      { find: /^sunstep$/, replacement: at("./packages/sunstep/src/index.ts") },
    ],
  },
  test: {
    include: ["{packages,apps,tooling}/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**", "**/*.browser.test.ts"],
    env: { ORT_DISABLE_TELEMETRY: "1" },
    setupFiles: [at("./tooling/testing/node/src/setup.ts")],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    maxWorkers: 2,
  },
});
