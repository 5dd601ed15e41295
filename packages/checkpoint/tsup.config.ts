import { defineConfig } from "tsup";

export default defineConfig({
  // The names of the original U-Net are a module of their own: bundlers can leave them to the download of LoRAs.
  entry: ["src/index.ts", "src/node.ts", "src/ldm/original-names.ts"],
  format: "esm",
  dts: true,
  clean: true,
  sourcemap: true,
  target: "node20",
});
