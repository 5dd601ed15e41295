import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { expect, it } from "vitest";
import { runFile } from "./run-file.js";

/** The software GPU in Debian's Chromium, which `npm test` has for the browser tests. */
const driver = "/usr/lib/chromium/vk_swiftshader_icd.json";

it.skipIf(!existsSync(driver))(
  "the conformance suite passes on WebGPU, computed by SwiftShader",
  async () => {
    const { code, output } = await runFile(new URL("web-gpu-suite.ts", import.meta.url), {
      env: { ...process.env, LD_LIBRARY_PATH: dirname(driver), VK_ICD_FILENAMES: driver },
    });
    expect(code, output).toBe(0);
    const { cases, failures } = JSON.parse(output.trimEnd().split("\n").at(-1)!);
    expect(failures).toEqual([]);
    expect(cases).toBeGreaterThan(20);
  },
  300_000,
);
