import { SunstepError } from "@sunstep/errors";
import { expect, it } from "vitest";
import { isCancelled, problemOf, reportOf } from "../../src/state/problems.js";

it("says what to do where that is known", () => {
  expect(problemOf({ code: "OUT_OF_MEMORY", message: "std::bad_alloc" }, [])).toEqual({
    code: "OUT_OF_MEMORY",
    sentence: "There was not enough memory for this size. A smaller picture needs less.",
    waysOn: ["smaller", "reload"],
  });
});

it("else lets the error speak for itself, as a sentence", () => {
  const error = new SunstepError("CHECKPOINT_TRUNCATED", "a.safetensors ends after 7 bytes");
  expect(problemOf(reportOf(error), ["retry"])).toEqual({
    code: "CHECKPOINT_TRUNCATED",
    sentence: "a.safetensors ends after 7 bytes.",
    waysOn: ["embedded"],
  });
  expect(problemOf(reportOf(new TypeError("x is not a function")), ["retry"])).toEqual({
    code: "UNEXPECTED",
    sentence: "x is not a function.",
    waysOn: ["retry"],
  });
});

it("knows a cancelled run from one that failed", () => {
  const codes = ["ABORTED", "RUN_FAILED"];
  expect(codes.map((code) => isCancelled({ code, message: "" }))).toEqual([true, false]);
});
