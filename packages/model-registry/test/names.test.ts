import { describe, expect, it } from "vitest";
import { findModel, listModels, type ModelEntry, parseModelReference } from "../src/index.js";

const own: ModelEntry = {
  name: "emoji",
  kind: "pipeline",
  architecture: "sd1",
  source: "./emoji",
  license: "cc-by-4.0",
  description: "small images",
};

describe("names", () => {
  it("have a source, a licence and no two are equal", () => {
    const models = listModels();
    expect(new Set(models.map((model) => model.name)).size).toBe(models.length);
    for (const { name, source, license } of models) {
      expect(parseModelReference(name)).toEqual({ kind: "name", name });
      expect(parseModelReference(source)).toMatchObject({ kind: "hub" });
      expect(license).not.toBe("");
    }
  });

  it("can be added to and replaced", () => {
    expect(findModel("emoji", [own])).toBe(own);
    const sd15 = { ...own, name: "sd15" };
    expect(listModels([sd15]).filter((model) => model.name === "sd15")).toEqual([sd15]);
    expect(() => findModel("emoji")).toThrow(
      expect.objectContaining({ code: "MODEL_UNKNOWN", message: expect.stringContaining("dreamshaper-8") }),
    );
  });
});
