import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const packages = fileURLToPath(new URL("../../../packages/", import.meta.url));
const manifests = readdirSync(packages)
  .map((name) => `${packages}${name}/package.json`)
  .filter((path) => existsSync(path))
  .map(
    (path) => JSON.parse(readFileSync(path, "utf8")) as { name: string; exports: Record<string, unknown> },
  );

/** Conditions of all entries with code. */
function conditionsOf(exported: unknown): string[] {
  if (typeof exported !== "object" || exported === null) return [];
  return Object.entries(exported).flatMap(([condition, inner]) => [condition, ...conditionsOf(inner)]);
}

describe.each(manifests)("the manifest of $name", ({ exports }) => {
  it("lets CommonJS require the package: its entries have no condition that require lacks", () => {
    const entries = Object.entries(exports).filter(([path]) => !/\.json$|\*/.test(path));
    expect(entries.length).toBeGreaterThan(0);
    for (const [, entry] of entries) {
      expect(conditionsOf(entry)).toContain("default");
      expect(conditionsOf(entry)).not.toContain("import");
    }
  });

  it("exports itself", () => {
    expect(exports["./package.json"]).toBe("./package.json");
  });
});
