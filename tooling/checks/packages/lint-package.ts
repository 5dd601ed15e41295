import { readFileSync } from "node:fs";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { problemAffectsResolutionKind } from "@arethetypeswrong/core/problems";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import type { PackedPackage } from "./pack-all.js";

/** The module resolutions of attw's profile "esm-only": the packages are ES modules only. */
const resolutions = ["node16-esm", "bundler"] as const;

/** Returns the findings of publint and attw for a packed package. */
export async function lintPackage({ tarball }: PackedPackage): Promise<string[]> {
  const bytes = new Uint8Array(readFileSync(tarball));
  const { messages, pkg } = await publint({ strict: true, pack: { tarball: bytes.buffer } });
  const findings = messages.map((message) => `publint: ${formatMessage(message, pkg, { color: false })}`);

  const analysis = await checkPackage(createPackageFromTarballData(bytes));
  // A package without any types is a command-line program.
  if (!analysis.types)
    return "bin" in pkg && !("exports" in pkg) ? findings : [...findings, "attw: it has no types"];
  const problems = analysis.problems.filter((problem) =>
    resolutions.some((kind) => problemAffectsResolutionKind(problem, kind, analysis)),
  );
  return [...findings, ...problems.map((problem) => `attw: ${JSON.stringify(problem)}`)];
}
