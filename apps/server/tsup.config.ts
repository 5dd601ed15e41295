import { cp } from "node:fs/promises";
import { defineConfig } from "tsup";

export default defineConfig({
  entry: ["src/main.ts"],
  format: "esm",
  clean: true,
  sourcemap: true,
  target: "node20",
  // The page that the server has at /, built by the demo.
  onSuccess: () =>
    cp(new URL("../demo/server/dist/", import.meta.url), new URL("dist/page/", import.meta.url), {
      recursive: true,
    }),
});
