import { fileURLToPath } from "node:url";
import { runReadmeExample } from "@sunstep/testing";
import { expect, it } from "vitest";

it("runs the README's example", async () => {
  const readme = fileURLToPath(new URL("../README.md", import.meta.url));
  const { values, help } = await runReadmeExample(readme);
  expect(values).toEqual({ port: 8080, lora: ["ink", "oil"] });
  expect(help).toEqual(["  -p, --port N     port to listen on", "      --lora NAME  may be repeated"]);
});
