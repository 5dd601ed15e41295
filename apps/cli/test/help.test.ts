import { expect, it, onTestFinished, vi } from "vitest";
import { runInProcess } from "./run-in-process.js";
import { temporaryFolder } from "./temporary-folder.js";

it.each([
  ["program", ["--help"]],
  ["generate", ["generate", "-h"]],
  ["inspect", ["inspect", "--help"]],
  ["models", ["models", "--help"]],
  ["cache", ["cache", "--help"]],
  ["distill", ["distill", "--help"]],
])("prints the help of %s", async (name, args) => {
  const { code, stdout } = await runInProcess(args);
  expect(code).toBe(0);
  await expect(stdout).toMatchFileSnapshot(`help/${name}.snap`);
});

it("prints its version", async () => {
  expect((await runInProcess(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

it("lists schedulers and models", async () => {
  expect((await runInProcess(["x", "--scheduler", "list"])).stdout.split("\n")).toContain("dpm++2m-karras");
  const models = (await runInProcess(["models", "--json"])).stdout.trim().split("\n");
  expect(models.map((line) => JSON.parse(line) as unknown)).toContainEqual(
    expect.objectContaining({ name: "sun-sd15", license: "mit", kind: "acceleration" }),
  );
  expect((await runInProcess(["models"])).stdout).toMatch(/^emoji +pipeline +mit +embedded/m);
});

it("shows and clears the prepared models", async () => {
  vi.stubEnv("SUNSTEP_CACHE", temporaryFolder());
  onTestFinished(() => void vi.unstubAllEnvs());
  expect((await runInProcess(["cache"])).stdout).toMatch(/^0 prepared models, 0 B, in /);
  expect(JSON.parse((await runInProcess(["cache", "clear", "--json"])).stdout)).toEqual({ bytes: 0 });
  expect((await runInProcess(["cache", "rm"])).code).toBe(2);
});
