import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const entry = (name: string) => fileURLToPath(new URL(`../src/${name}.ts`, import.meta.url));

describe("the entries of sunstep", () => {
  it("export exactly these names", async () => {
    expect(Object.keys(await import("../src/index.js")).sort()).toEqual([
      "StableDiffusion",
      "SunstepError",
      "decodeImage",
      "detectDevices",
      "listModels",
      "listSchedulers",
      "loadImage",
      "openTextEncoders",
      "readParameters",
      "schedulerOf",
      "sunstepErrors",
      "sunstepWarnings",
      "version",
    ]);
  });

  it("export the same names, types included, to Node and browsers", () => {
    const base = fileURLToPath(new URL("../../../tsconfig.json", import.meta.url));
    const { options } = ts.parseJsonConfigFileContent(
      ts.readConfigFile(base, ts.sys.readFile).config,
      ts.sys,
      ".",
    );
    const program = ts.createProgram([entry("index"), entry("browser")], { ...options, noEmit: true });
    const checker = program.getTypeChecker();
    const namesOf = (name: string) => {
      const module = checker.getSymbolAtLocation(program.getSourceFile(entry(name))!);
      return checker
        .getExportsOfModule(module!)
        .map((symbol) => symbol.name)
        .sort();
    };
    const names = namesOf("index");
    expect(names).toEqual(expect.arrayContaining(["FromPretrainedOptions", "GenerateOptions", "RgbImage"]));
    expect(namesOf("browser")).toEqual(names);
  });
});
