import { fileURLToPath } from "node:url";
import { fixture, runReadmeExample } from "@sunstep/testing";
import { expect, test } from "vitest";

test("the README's example runs", async () => {
  const readme = fileURLToPath(new URL("../README.md", import.meta.url));
  const { inputs, kilobytes } = await runReadmeExample(readme, {
    replace: { "./stable-diffusion-v1-5": fixture("tiny-sd15") },
  });
  expect(inputs).toEqual(["sample [1, 4, 64, 64]", "timestep [1]", "encoder_hidden_states [1, 77, 16]"]);
  expect(kilobytes).toBeLessThan(1000);
});
