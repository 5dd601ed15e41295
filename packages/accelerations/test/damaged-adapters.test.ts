// SUN adapters with one tensor's shape, name or data type, or one byte of the header changed: an error or a warning that
// names the file, or the same adapter.
import { readFileSync } from "node:fs";
import { memorySource, openCheckpoint, openSafetensors, type WeightRef } from "@sunstep/checkpoint";
import { folderTree } from "@sunstep/checkpoint/node";
import { readSunAdapter, type SunAdapter, type SunBranch } from "@sunstep/sun-adapter";
import { damages, fixture, silentDamages } from "@sunstep/testing";
import { describe, expect, it } from "vitest";
import { checkSunAdapter } from "../src/index.js";

const FILES_OF_A_KIND = 20;
const { unet } = await openCheckpoint(folderTree(fixture("tiny-sd15")));

const open = async (file: Uint8Array<ArrayBuffer>) => {
  const adapter = readSunAdapter(await openSafetensors(memorySource(file, "sun.safetensors")));
  checkSunAdapter(unet, adapter);
  return adapter;
};
const reference = ({ dtype, shape, offset, length }: WeightRef) => [dtype, shape, offset, length];
const branch = ({ key, value, alpha, beta }: SunBranch) => [key, value, alpha, beta].map(reference);
const contentOf = ({ variant, layers }: SunAdapter) => [
  variant,
  layers.map(({ index, negative, extraPositive }) => [
    index,
    branch(negative),
    extraPositive && branch(extraPositive),
  ]),
];

describe.each(["plain", "addpos"])("a SUN adapter of the form %s", (form) => {
  const file = new Uint8Array(readFileSync(fixture(`sun/tiny-sd15_${form}.safetensors`)));

  it.each(damages)("is never another one silently after a changed %s", async (damage) => {
    const silent = await silentDamages(damage, FILES_OF_A_KIND, {
      file,
      name: /sun\.safetensors/,
      open,
      contentOf,
    });
    expect(silent).toEqual([]);
  });
});
