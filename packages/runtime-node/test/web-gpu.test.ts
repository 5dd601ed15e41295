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
    expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/^[2-9]\d cases\n$/) });
  },
  300_000,
);
