import { defineConfig } from "tsup";

export default defineConfig({
  // LoRAs, and what they share with the rest, are modules of their own: bundlers can leave LoRAs to a later download.
  entry: ["src/index.ts", "src/sessions/lora-adapter.ts", "src/sessions/identity.ts"],
  format: "esm",
  dts: true,
  clean: true,
  sourcemap: true,
  target: "node20",
});
