// Changes of weights as LyCORIS's own functions compute them.
import { fixture, referenceCases } from "@sunstep/testing";
import { describe, it } from "vitest";
import { kind } from "./lycoris-case.js";

describe("addLoras with files of LyCORIS", () => {
  it.each(referenceCases("lycoris").map((testCase) => [testCase.group, testCase] as const))(
    "changes weights as LyCORIS does: %s",
    (_, testCase) => kind.check(testCase, fixture()),
  );
});
