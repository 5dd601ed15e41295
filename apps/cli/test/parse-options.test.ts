import { parseOptions, readOptions } from "@sunstep/command-line";
import { expect, it } from "vitest";
import { parseLora } from "../src/commands/generate.js";
import { distillOptions, generateOptions, runOptions } from "../src/options/options.js";

it("parses every kind of option", () => {
  const args = [
    "a",
    "-n",
    "b",
    "--steps=4",
    "-g",
    "7.5",
    "--seed",
    "18446744073709551615",
    "--size",
    "512x768",
  ];
  const { values, positionals } = parseOptions(generateOptions, [
    ...args,
    "--lora",
    "x:1",
    "--lora",
    "y",
    "--offline",
  ]);
  expect(positionals).toEqual(["a"]);
  expect(values).toEqual({
    negative: "b",
    steps: 4,
    guidance: 7.5,
    seed: 18446744073709551615n,
    size: { width: 512, height: 768 },
    lora: ["x:1", "y"],
    offline: true,
  });
});

it.each([
  ["16GB", 16e9],
  ["1.5 gb", 1.5e9],
  ["800MB", 800e6],
  ["12kB", 12e3],
  ["1TB", 1e12],
  ["7B", 7],
])("reads %s as %d bytes", (text, bytes) => {
  expect(parseOptions(distillOptions, ["--memory", text]).values).toEqual({ memory: bytes });
});

it.each(["0GB", "16", "GB", "-1GB", "1PB"])("rejects %s as a size in bytes", (text) => {
  expect(() => parseOptions(distillOptions, [`--memory=${text}`])).toThrow(
    expect.objectContaining({ code: "USAGE" }),
  );
});

it("accepts negative numbers as separate arguments", () => {
  const { values, positionals } = parseOptions(generateOptions, ["minus", "--seed", "-1", "-g", "-.5"]);
  expect(values).toEqual({ seed: -1n, guidance: -0.5 });
  expect(positionals).toEqual(["minus"]);
});

it("reads the same options from JSON", () => {
  expect(readOptions(runOptions, { negative: "b", steps: 4, guidance: "7.5", seed: 5, size: 512 })).toEqual({
    negative: "b",
    steps: 4,
    guidance: 7.5,
    seed: 5n,
    size: { width: 512, height: 512 },
  });
});

it.each([
  ["--steps", "four"],
  ["--steps", "1e3"],
  ["--guidance", "7,5"],
  ["--guidance", ""],
  ["--seed", "1.5"],
  ["--size", "512x"],
  ["--size", "-8"],
  ["--unknown", "1"],
  ["--json=1"],
  ["--out"],
])("rejects %s %s", (...args) => {
  expect(() => parseOptions(generateOptions, args)).toThrow(expect.objectContaining({ code: "USAGE" }));
});

it.each([
  '{"model":"x"}',
  '{"steps":null}',
  '{"steps":[1]}',
  '{"negative":1}',
  '{"constructor":"x"}',
  '{"seed":1.5}',
])("rejects %s in a prompts file", (json) => {
  expect(() => readOptions(runOptions, JSON.parse(json))).toThrow(expect.objectContaining({ code: "USAGE" }));
});

it.each([
  ["style.safetensors", "style.safetensors", 1],
  ["style.safetensors:0.8", "style.safetensors", 0.8],
  ["owner/name:file.safetensors:-1", "owner/name:file.safetensors", -1],
  ["https://host/style.safetensors", "https://host/style.safetensors", 1],
])("splits the LoRA %s into path and scale", (text, path, scale) => {
  expect(parseLora(text)).toEqual({ path, scale });
});
