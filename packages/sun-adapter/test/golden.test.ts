// U-Nets with the authors' attention processor, computed by PyTorch and diffusers.
import { describe, expect, it } from "vitest";
import { addSunAdapter, type SunNorm } from "../src/index.js";
import { openAdapter, openGolden, runUNet, tinyUNet } from "./unet.js";

const cases: readonly [model: string, variant: string, number: number, norm: SunNorm, output: string][] = [
  ["tiny-sd15", "plain", 0, "batch", "eps"],
  ["tiny-sd15", "plain", 0, "sample", "eps"],
  ["tiny-sd15", "plain", 3, "batch", "eps"],
  ["tiny-sd15", "plain", 3, "sample", "eps_samplenorm"],
  ["tiny-sd15", "addpos", 0, "batch", "eps"],
  ["tiny-sd15", "addpos", 0, "sample", "eps"],
  ["tiny-sd15", "addpos", 3, "batch", "eps"],
  ["tiny-sd15", "addpos", 3, "sample", "eps_samplenorm"],
  ["tiny-sd21", "addpos", 0, "batch", "eps"],
];

describe("addSunAdapter", () => {
  it.each(cases)(
    "gives the authors' numbers: %s, %s adapter, case %i, norm %s, output %s",
    async (model, variant, number, norm, output) => {
      const golden = openGolden(`sun/${model}_unet_${variant}_${number}.safetensors`);
      const adapter = await openAdapter(`sun/${model}_${variant}.safetensors`);
      const pass = addSunAdapter(adapter, norm === "sample" ? {} : { norm });
      const adapted = pass.run(await tinyUNet(model, golden)).model;
      expect(await runUNet(adapted, golden.feeds)).toBeAllclose(golden.output(output), { atol: 2e-5 });
    },
  );

  it("tells the two norms apart in a batch of two", async () => {
    const golden = openGolden("sun/tiny-sd15_unet_addpos_3.safetensors");
    expect(golden.output("eps")).not.toBeAllclose(golden.output("eps_samplenorm"), { atol: 1e-3 });
  });
});
