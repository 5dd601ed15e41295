// Networks with a file of LyCORIS, as with a LoRA, and the changes of every weight.
import type { KindChecker } from "@sunstep/testing";
import { kind as changes } from "../../../../packages/lora/test/lycoris-case.js";
import { kind as lora } from "./lora.js";

export const kind: KindChecker = {
  kind: "lycoris",
  async check(testCase, dir) {
    if (testCase.outputs) await lora.check(testCase, dir);
    await changes.check(testCase, dir);
  },
};
