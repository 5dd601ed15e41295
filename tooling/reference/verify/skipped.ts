import type { ReferenceCase } from "@sunstep/testing";

/** Kinds of cases, and parts of groups between slashes, that are not implemented yet. */
const later: Readonly<Record<string, string>> = {};

/** Returns the reason to skip a case, by its fields; undefined if it runs. */
export function skipReason({ kind, group, loader }: ReferenceCase): string | undefined {
  const names = [kind, ...group.split("/"), ...(typeof loader === "string" ? [loader] : [])];
  return names.map((name) => later[name]).find((reason) => reason !== undefined);
}
