import { fileURLToPath } from "node:url";
import { fixture, runReadmeExample } from "@sunstep/testing";
import { expect, it } from "vitest";

it("runs the README's example", async () => {
  const { inputs, plain } = await runReadmeExample(fileURLToPath(new URL("../README.md", import.meta.url)), {
    replace: { "./stable-diffusion-v1-5": fixture("tiny-sd15") },
  });
  const own = ["sample", "timestep", "encoder_hidden_states"];
  expect(inputs).toEqual([...own, "negative_hidden_states", "nag_scale", "nag_tau", "nag_alpha"]);
  expect(plain).toEqual(own);
});
