import { readFileSync } from "node:fs";
import { SunstepError } from "@sunstep/errors";
import { toFloat32 } from "@sunstep/tensor";
import { fixture, readSafetensors } from "@sunstep/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blobSource, memorySource, openSafetensors, readWeight, writeSafetensors } from "../src/index.js";
import { fileSource } from "../src/node.js";
import { errorOf } from "./errors-of.js";
import { float32, rawSafetensors } from "./made-up-tensors.js";

/** The words of expectations.json that the error for each hostile file must hold. */
const refused: Readonly<Record<string, RegExp>> = {
  "empty.safetensors": /too short/,
  "seven_bytes.safetensors": /too short/,
  "zero_header.safetensors": /does not start with \{/,
  "truncated_header.safetensors": /header .* 160 bytes.*download/,
  "truncated_data.safetensors": /a\.weight.*end at .*download/,
  "trailing_garbage.safetensors": /bytes follow the last tensor/,
  "header_len_huge.safetensors": /18446744073709551615/,
  "header_len_2p53.safetensors": /9007199254740993/,
  "header_len_100mb_claim.safetensors": /100000001/,
  "header_not_object.safetensors": /does not start with \{/,
  "header_bad_utf8.safetensors": /UTF-8/,
  "header_bad_json.safetensors": /not valid JSON/,
  "header_leading_space.safetensors": /does not start with \{/,
  "overlap.safetensors": /y overlaps x/,
  "gap.safetensors": /y leaves a hole of 4 bytes after x/,
  "offset_past_end.safetensors": /y: its bytes end at 32/,
  "offset_reversed.safetensors": /x: data_offsets end \(0\) before they begin \(8\)/,
  "offset_negative.safetensors": /x: data_offsets.*-8/,
  "offset_float.safetensors": /x: data_offsets.*integers.*0\.5/,
  "offset_overflow.safetensors": /4611686018427387904/,
  "shape_overflow.safetensors": /multiply to more than 64 bits/,
  "shape_mismatch.safetensors": /F32 \[3\] needs 12 bytes, data_offsets give 8/,
  "shape_negative.safetensors": /-1,-2/,
  "bad_dtype.safetensors": /x: unknown dtype F33/,
  "duplicate_keys.safetensors": /"x" is there twice/,
  "metadata_not_strings.safetensors": /metadata.*strings/,
  "deep_json.safetensors": /nested/,
  "pickle_zip_ckpt.safetensors": /zip.*pickle.*convert/,
  "pickle_legacy_ckpt.safetensors": /pickle.*convert/,
  "pickle_executes.ckpt": /pickle.*refused/,
  "zip_bomb.ckpt": /zip/,
  "html_error_page.safetensors": /HTML page/,
  "git_lfs_pointer.safetensors": /Git LFS pointer/,
  "gguf_magic.safetensors": /GGUF/,
};

describe("openSafetensors on headers that the official library judges", () => {
  // Verdicts of safetensors 0.8.0 (Python over Rust, safe_open) on these headers.
  const entry = (fields: string) => `{"x":{"dtype":"F32",${fields}}}`;
  const one = '"shape":[1],"data_offsets":[0,4]';
  const none = '"data_offsets":[0,0]';
  it.each([
    ["a size with a point", entry('"shape":[1.0],"data_offsets":[0,4]'), /shape.*1\.0/],
    ["a size with an exponent", entry('"shape":[1e0],"data_offsets":[0,4]'), /shape.*1e0/],
    ["a negative zero as size", entry(`"shape":[-0],${none}`), /shape.*-0/],
    ["a negative zero as offset", entry('"shape":[1],"data_offsets":[-0,4]'), /data_offsets.*-0/],
    [
      "half of a surrogate pair in metadata",
      `{"__metadata__":{"a":"\\ud800"},${entry(one).slice(1)}`,
      /surrogate/,
    ],
    ["half of a surrogate pair in a name", `{"\\udc00":{"dtype":"F32",${one}}}`, /surrogate/],
    ["half of a surrogate pair in an unknown field", entry(`${one},"n":"\\ud800"`), /surrogate/],
    ["NaN in an unknown field", entry(`${one},"n":NaN`), /unexpected character/],
    ["infinity in an unknown field", entry(`${one},"n":-Infinity`), /unexpected character/],
    ["a number out of range in an unknown field", entry(`${one},"n":1e999`), /out of range/],
    ["sizes that overflow before a 0", entry(`"shape":[4294967296,4294967296,0],${none}`), /64 bits/],
  ])("rejects %s", async (_, header, message) => {
    const error = await errorOf(
      openSafetensors(
        memorySource(
          rawSafetensors(header, [
            new Uint8Array(header.includes("[0,4]") || header.includes("-0,4") ? 4 : 0),
          ]),
          "x.safetensors",
        ),
      ),
    );
    expect(error.code).toMatch(/^CHECKPOINT_(HEADER|JSON)$/);
    expect(error.message).toMatch(message);
  });

  it.each([
    ["a fraction in an unknown field", entry(`${one},"n":[1.5,{"a":-0}]`), 4],
    ["a large integer in an unknown field", entry(`${one},"n":123456789012345678901234567890`), 4],
    ["sizes that would overflow after a 0", entry(`"shape":[0,4294967296,4294967296],${none}`), 0],
    ["metadata of null", `{"__metadata__":null,${entry(one).slice(1)}`, 4],
  ])("accepts %s", async (_, header, bytes) => {
    const file = await openSafetensors(memorySource(rawSafetensors(header, [new Uint8Array(bytes)])));
    expect([...file.tensors.keys()]).toEqual(["x"]);
  });
});

describe("openSafetensors on huge headers", () => {
  const many = (count: number) =>
    rawSafetensors(
      `{${Array.from({ length: count }, (_, i) => `"t${i}":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}`).join()}}`,
    );

  it("lets other work run while it reads", async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 5);
    try {
      expect((await openSafetensors(memorySource(many(150_000)))).tensors.size).toBe(150_000);
    } finally {
      clearInterval(timer);
    }
    expect(ticks).toBeGreaterThan(2);
  });

  it("stops at its limits of tensors and of values in an entry", async () => {
    expect((await errorOf(openSafetensors(memorySource(many(200_001))))).message).toMatch(
      /more than 200000 tensors/,
    );
    const values = rawSafetensors(`{"__metadata__":{"a":[${"1,".repeat(30_000)}1]}}`);
    expect((await errorOf(openSafetensors(memorySource(values)))).message).toMatch(/more than 20000 values/);
  });
});

describe("openSafetensors on hostile files", () => {
  it.each(Object.entries(refused))("rejects %s with its reason", async (file, reason) => {
    const error = await errorOf(openSafetensors(await fileSource(fixture(`hostile/${file}`))));
    expect(error.message).toMatch(reason);
    expect(error.message).toContain(fixture(`hostile/${file}`));
    expect(error.details).toHaveProperty("file", fixture(`hostile/${file}`));
  });

  it("rejects a tensor's name of thousands of characters", async () => {
    const entry = { dtype: "F32", shape: [0], data_offsets: [0, 0] };
    const named = (length: number) =>
      openSafetensors(memorySource(rawSafetensors(JSON.stringify({ ["a".repeat(length)]: entry })), "x"));
    expect((await named(1000)).tensors.size).toBe(1);
    const error = await errorOf(named(1001));
    expect(error.code).toBe("CHECKPOINT_HEADER");
    expect(error.message).toMatch(/1001 characters: a{60}\.\.\.$/);
  });

  it("opens the valid ones among them", async () => {
    const open = async (file: string) => openSafetensors(await fileSource(fixture(`hostile/${file}`)));
    expect((await open("ok.safetensors")).tensors.size).toBe(2);
    expect((await open("many_tensors.safetensors")).tensors.size).toBe(5000);
    const zero = await open("shape_zero_ok.safetensors");
    expect((await readWeight(zero.weights.get("x"))).data).toHaveLength(0);
    expect((await readWeight(zero.weights.get("s"))).data).toHaveLength(1);
    const proto = await open("proto_key.safetensors");
    expect(proto.weights.names()).toEqual(["__proto__", "constructor"]);
    expect(proto.weights.get("__proto__").length).toBe(4);
  });

  it("lists a tensor of a type that it cannot use, and throws when the tensor is read", async () => {
    const header = { x: { dtype: "F8_E4M3FNUZ", shape: [4], data_offsets: [0, 4] } };
    const bytes = rawSafetensors(JSON.stringify(header), [new Uint8Array(4)]);
    const file = await openSafetensors(blobSource(new Blob([bytes]), "x.safetensors"));
    expect(file.tensors.get("x")?.dtype).toBe("F8_E4M3FNUZ");
    expect(() => file.weights.get("x")).toThrow(/x is stored as F8_E4M3FNUZ, which is not supported/);
  });

  it("does not take a header of 66176 bytes (80 02 01) for a pickle", async () => {
    const entry = '"x":{"dtype":"F32","shape":[],"data_offsets":[0,4]}';
    const header = `{"__metadata__":{"note":"${"x".repeat(66176 - entry.length - 31)}"},${entry}}`.padEnd(
      66176,
    );
    const file = await openSafetensors(memorySource(rawSafetensors(header, [new Uint8Array(4)])));
    expect(file.tensors.size).toBe(1);
  });
});

it("reads tensors as an independent reader does, from disk, memory and a Blob", async () => {
  const path = fixture("tiny-inpaint/unet/diffusion_pytorch_model.safetensors");
  const golden = readSafetensors(path);
  const bytes = new Uint8Array(readFileSync(path));
  for (const source of [await fileSource(path), memorySource(bytes), blobSource(new Blob([bytes]))]) {
    const file = await openSafetensors(source);
    expect([...file.tensors.keys()]).toEqual([...golden.keys()]);
    for (const name of [...golden.keys()].filter((_, i) => i % 20 === 0)) {
      const { shape, data } = golden.get(name)!;
      const weight = await readWeight(file.weights.get(name));
      expect(weight).toMatchObject({ dtype: "float16", shape });
      expect(toFloat32(weight)).toBeAllclose(data as Float32Array, {});
    }
  }
});

it("keeps metadata unchanged", async () => {
  const metadata = { "modelspec.title": 'a "quoted" ünicode', __proto__x: "1" };
  const file = await openSafetensors(memorySource(writeSafetensors({ x: float32([2], [1, 2]) }, metadata)));
  expect({ ...file.metadata }).toEqual(metadata);
  expect((await readWeight(file.weights.get("x"))).data).toEqual(Float32Array.of(1, 2));
});

it("gives a typed error or a file for any damaged bytes", async () => {
  const good = writeSafetensors({ a: float32([2, 3]), b: float32([4]) }, { format: "pt" });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      fc.nat(good.length),
      async (changes, end) => {
        const bytes = good.slice(0, end || good.length);
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        const result = await openSafetensors(memorySource(bytes)).catch((error: unknown) => error);
        expect(!(result instanceof Error) || SunstepError.isInstance(result), String(result)).toBe(true);
      },
    ),
    { numRuns: 500 },
  );
});
