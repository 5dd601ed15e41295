// Whole U-Nets with each method: processors in diffusers, in the reference sets' generator.
import { fixture, type KindChecker, referenceCases } from "@sunstep/testing";
import { afterAll, describe, expect, it } from "vitest";
import { firstKind as nag, kind as negative } from "../../../tooling/reference/verify/kinds/negative.js";
import { closeSessions } from "../../../tooling/reference/verify/session.js";

afterAll(closeSessions);

describe.each<[passes: string, KindChecker]>([
  ["addNag, with guidance and without", nag],
  ["addNasa and addVsf", negative],
])("%s", (_, checker) => {
  it.each(referenceCases(checker.kind).map((testCase) => [testCase.id, testCase] as const))(
    "gives the reference's numbers: %s",
    async (_id, testCase) => {
      await expect(checker.check(testCase, fixture())).resolves.toBeUndefined();
    },
  );
});
