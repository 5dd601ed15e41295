// Losses, targets and gradients of SUN distillation, and whole trajectories of its optimizer.
import type { KindChecker } from "@sunstep/testing";
import { checkAdamWCase } from "../training/adamw-case.js";
import { checkLossCase } from "../training/loss-case.js";
import { openCase } from "../training/training-set.js";

export const kind: KindChecker = {
  kind: "training",
  async check(testCase, dir) {
    const { cases, case: name } = testCase as { cases: string; case: string };
    const open = await openCase(dir, cases, name);
    const { testCase: fields } = open;
    if (fields.kind === "adamw") await checkAdamWCase({ ...open, testCase: fields });
    else await checkLossCase({ ...open, testCase: fields });
  },
};
