import { defineConfig } from "vitest/config";
import base from "./vitest.config.js";

// `pnpm test:browser`: tests that start a browser, one after the other.
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ["{packages,apps,tooling}/**/*.browser.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // A busy machine may starve a browser; what fails twice is broken.
    retry: 1,
    fileParallelism: false,
  },
});
