import { defineConfig } from "tsup";

export default defineConfig({
  // LoRAs are a module of their own, so that bundlers can leave them to a later download.
  entry: ["src/index.ts", "src/lora-adapter.ts"],
  format: "esm",
  dts: true,
  clean: true,
  sourcemap: true,
  target: "node20",
});
