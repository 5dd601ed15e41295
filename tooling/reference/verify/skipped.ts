import type { ReferenceCase } from "@sunstep/testing";

/** Kinds of cases that are not implemented yet. */
const laterKinds: Readonly<Record<string, string>> = {
  controlnet: "ControlNet is later work",
  nag: "NAG is later work",
  "foreign-onnx": "foreign exporters' graphs are later work",
  "foreign-onnx-run": "foreign exporters' graphs are later work",
};

/** Returns the reason to skip a case, by its fields; undefined if it runs. */
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
