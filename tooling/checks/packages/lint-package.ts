import { readFileSync } from "node:fs";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { problemAffectsResolutionKind } from "@arethetypeswrong/core/problems";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import type { PackedPackage } from "./pack-all.js";

/** The ways of resolving that attw's profile "esm-only" looks at: the packages are ES modules, and only that. */
const resolutions = ["node16-esm", "bundler"] as const;

/** What publint and attw find wrong with a package as npm would serve it. */
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
