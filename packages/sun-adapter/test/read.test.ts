import { readFileSync } from "node:fs";
import { memorySource, openSafetensors } from "@sunstep/checkpoint";
import { fileSource } from "@sunstep/checkpoint/node";
import { fixture } from "@sunstep/testing";
import { describe, expect, it } from "vitest";
import { readSunAdapter } from "../src/index.js";
import { adapterFile } from "./adapter-file.js";
import { openAdapter } from "./unet.js";

describe("readSunAdapter", () => {
  it("finds the layers of a plain adapter", async () => {
    const adapter = await openAdapter("sun/tiny-sd15_plain.safetensors");
    expect(adapter).toMatchObject({ file: "tiny-sd15_plain.safetensors", variant: "plain" });
    expect(adapter.layers.map((layer) => layer.index)).toEqual(
      Array.from({ length: 16 }, (_, i) => 2 * i + 1),
    );
    expect(adapter.layers.every((layer) => layer.extraPositive === undefined)).toBe(true);
    expect(adapter.layers[5]!.negative.key).toMatchObject({
      name: "11.to_k_neg.weight",
      dtype: "float16",
      shape: [32, 16],
    });
  });

  it("warns of weights in another 16-bit type than the others", async () => {
    expect((await openAdapter("sun/tiny-sd15_plain.safetensors")).warnings).toEqual([]);
    const bytes = readFileSync(fixture("sun/tiny-sd15_plain.safetensors")).toString("latin1");
    const mixed = bytes.replace(/("31\.to_v_neg\.weight":\{"dtype":)"F16" ?/, '$1"BF16"');
    const header = bytes.length - mixed.length;
    const file = Buffer.from(mixed, "latin1");
    file.writeBigUInt64LE(file.readBigUInt64LE(0) - BigInt(header));
    const { warnings } = readSunAdapter(
      await openSafetensors(memorySource(new Uint8Array(file), "mixed.safetensors")),
    );
    expect(warnings).toMatchObject([
      {
        code: "CHECKPOINT_MIXED_TYPES",
        message: expect.stringMatching(/^mixed\.safetensors: 31\.to_v_neg\.weight: .*bfloat16/),
      },
    ]);
  });

  it("finds both branches of an add_pos adapter", async () => {
    const { variant, layers } = await openAdapter("sun/tiny-sd15_addpos.safetensors");
    expect(variant).toBe("add_pos");
    const { key, value, alpha, beta } = layers[15]!.extraPositive!;
    expect([key, value, alpha, beta].map((weight) => weight.name)).toEqual([
      "31.to_k_extra_pos.weight",
      "31.to_v_extra_pos.weight",
      "31.to_k_extra_pos_alpha",
      "31.to_k_extra_pos_beta",
    ]);
  });

  it.each([
    ["hostile/sun_even_index.safetensors", "SUN_SELF_ATTENTION", /has index 2, a self-attention/],
    [
      "hostile/sun_half_addpos.safetensors",
      "SUN_INCOMPLETE",
      /layer 1 .*to_v_extra_pos\.weight, to_k_extra_pos_alpha, to_k_extra_pos_beta/,
    ],
    ["lora/kohya.safetensors", "SUN_NOT_AN_ADAPTER", /kohya\.safetensors is not a SUN adapter/],
    ["hostile/ok.safetensors", "SUN_NOT_AN_ADAPTER", /is not a SUN adapter/],
  ])("rejects %s", async (file, code, message) => {
    await expect(openAdapter(file)).rejects.toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });

  it.each([
    ["alpha of another length", { "1.to_k_neg_alpha": [3] }, /1\.to_k_neg_alpha is \[3\], must be \[4\]/],
    [
      "values of another shape",
      { "1.to_v_neg.weight": [4, 3] },
      /1\.to_v_neg\.weight is \[4, 3\], must be \[4, 2\]/,
    ],
    ["keys that are no matrix", { "1.to_k_neg.weight": [8] }, /1\.to_k_neg\.weight is \[8\]/],
  ])("rejects %s", async (_, changed, message) => {
    const file = await adapterFile([{ index: 1, channels: 4, context: 2 }], changed);
    expect(() => readSunAdapter(file)).toThrow(
      expect.objectContaining({ code: "SUN_SHAPE", message: expect.stringMatching(message) }),
    );
  });

  it("rejects a file without tensors", async () => {
    const file = await adapterFile([]);
    expect(() => readSunAdapter(file)).toThrow(expect.objectContaining({ code: "SUN_NOT_AN_ADAPTER" }));
  });

  it("orders layers by number, not by name", async () => {
    const sizes = { channels: 4, context: 2 };
    const file = await adapterFile([11, 3, 1].map((index) => ({ index, ...sizes })));
    expect(readSunAdapter(file).layers.map((layer) => layer.index)).toEqual([1, 3, 11]);
  });

  it("reads only the header of a file", async () => {
    const source = await fileSource(fixture("sun/tiny-sd15_plain.safetensors"));
    const ends: number[] = [];
    const watched = {
      ...source,
      read: (offset: number, length: number) => {
        ends.push(offset + length);
        return source.read(offset, length);
      },
    };
    const adapter = readSunAdapter(await openSafetensors(watched));
    expect(Math.max(...ends)).toBeLessThanOrEqual(adapter.layers[0]!.negative.alpha.offset);
  });
});
