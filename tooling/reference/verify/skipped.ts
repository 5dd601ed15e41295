import type { ReferenceCase } from "./kind.js";

/** Kinds of cases that later work will bring. */
const laterKinds: Readonly<Record<string, string>> = {
  controlnet: "ControlNet is later work",
  nag: "NAG is later work",
  "foreign-onnx": "foreign exporters' graphs are later work",
  "foreign-onnx-run": "foreign exporters' graphs are later work",
};

/** Why a case is not run, by its own fields; undefined if it is. */
export function skipReason(testCase: ReferenceCase): string | undefined {
  const later = laterKinds[testCase.kind];
  if (later) return later;
  const names = [testCase.model, testCase.recipe, testCase.checkpoint].filter(
    (name) => typeof name === "string",
  );
  if (names.some((name) => /sdxl/i.test(name))) return "SDXL is later work";
  if (names.some((name) => /controlnet/i.test(name))) return "ControlNet is later work";
  return undefined;
}
