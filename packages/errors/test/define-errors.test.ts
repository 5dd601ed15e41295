import { existsSync, readdirSync } from "node:fs";
import { describe, expect, expectTypeOf, it } from "vitest";
import { defineErrors, defineWarnings, SunstepError } from "../src/index.js";

const [shopErrors, shopError] = defineErrors({
  SHOP_CLOSED: "the shop is closed",
  SHOP_EMPTY: "the shop has nothing to sell",
});

describe("defineErrors", () => {
  it("returns the table as it was given", () => {
    expect(shopErrors).toEqual({
      SHOP_CLOSED: "the shop is closed",
      SHOP_EMPTY: "the shop has nothing to sell",
    });
  });

  it("makes errors with code, message, details and cause", () => {
    const cause = new Error("late");
    const error = shopError("SHOP_CLOSED", "closed since 6: come back at 8", { opens: 8, cause });
    expect(SunstepError.isInstance(error, "SHOP_CLOSED")).toBe(true);
    expect(error).toMatchObject({ message: "closed since 6: come back at 8", details: { opens: 8 }, cause });
  });

  it("takes the codes of its table only", () => {
    expectTypeOf(shopError).parameter(0).toEqualTypeOf<"SHOP_CLOSED" | "SHOP_EMPTY">();
  });
});

describe("defineWarnings", () => {
  const [shopWarnings, shopWarning] = defineWarnings({ SHOP_QUEUE: "other customers wait" });

  it("returns the table and a factory of its warnings", () => {
    expect(shopWarnings).toEqual({ SHOP_QUEUE: "other customers wait" });
    expect(shopWarning("SHOP_QUEUE", "3 customers wait", { customers: 3 })).toEqual({
      code: "SHOP_QUEUE",
      message: "3 customers wait",
      details: { customers: 3 },
    });
    expectTypeOf(shopWarning).parameter(0).toEqualTypeOf<"SHOP_QUEUE">();
  });
});

describe("the packages' tables of errors and warnings", async () => {
  const packages = new URL("../../", import.meta.url);
  const files = readdirSync(packages)
    .flatMap((name) => [`${name}/src/errors.ts`, `${name}/src/common-errors.ts`])
    .map((file) => new URL(file, packages))
    .filter((file) => existsSync(file));
  const modules = await Promise.all(files.map((file) => import(file.href) as Promise<object>));
  const tables = modules.flatMap((module) =>
    Object.entries(module).filter(([, value]) => typeof value === "object"),
  );

  it("are named <package>Errors or <package>Warnings", () => {
    expect(tables.length).toBeGreaterThan(13);
    expect(tables.map(([name]) => name).filter((name) => !/^[a-z]\w*(Errors|Warnings)$/.test(name))).toEqual(
      [],
    );
  });

  it("share no code", () => {
    const codes = tables.flatMap(([, table]) => Object.keys(table));
    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
  });
});
