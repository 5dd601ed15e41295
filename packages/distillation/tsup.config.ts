import { defineConfig } from "tsup";

export default defineConfig({
  entry: ["src/index.ts", "src/training.ts", "src/node.ts"],
  format: "esm",
  dts: true,
  clean: true,
  sourcemap: true,
  target: "node20",
});
