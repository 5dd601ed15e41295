import { SunstepError } from "@sunstep/errors";
import { expect, it } from "vitest";
import { isCancelled, problemOf, reportOf } from "../../src/state/problem.js";

it("describes known codes with recovery actions", () => {
  expect(problemOf({ code: "OUT_OF_MEMORY", message: "std::bad_alloc" }, [])).toEqual({
    code: "OUT_OF_MEMORY",
    sentence: "There was not enough memory for this size. A smaller image needs less.",
    recoveries: ["smaller", "reload"],
  });
});

it("makes a sentence of other errors' messages", () => {
  const error = new SunstepError("CHECKPOINT_TRUNCATED", "a.safetensors ends after 7 bytes");
  expect(problemOf(reportOf(error), ["retry"])).toEqual({
    code: "CHECKPOINT_TRUNCATED",
    sentence: "a.safetensors ends after 7 bytes.",
    recoveries: ["embedded"],
  });
  expect(problemOf(reportOf(new TypeError("x is not a function")), ["retry"])).toEqual({
    code: "UNEXPECTED",
    sentence: "x is not a function.",
    recoveries: ["retry"],
  });
});

it("tells a cancelled run from a failed one", () => {
  const codes = ["ABORTED", "RUN_FAILED"];
  expect(codes.map((code) => isCancelled({ code, message: "" }))).toEqual([true, false]);
});
