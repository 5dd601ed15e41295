import { type DataType, type Tensor, tensor } from "@sunstep/tensor";
import { describe, expect, it } from "vitest";
import { ConditioningCache } from "../src/worker/conditioning-cache.js";

const MEBIBYTE = 2 ** 20;
const prompt = (...values: number[]) => ({ prompt: tensor(Float32Array.from(values), [values.length]) });

describe("ConditioningCache", () => {
  it("gives equal contents one number and copies only new ones", () => {
    const cache = new ConditioningCache();
    const first = cache.use(prompt(1, 2));
    expect(first.copies).toEqual(prompt(1, 2));
    expect(cache.use(prompt(1, 2))).toEqual({ id: first.id });
    expect(cache.use(prompt(1, 3)).id).not.toBe(first.id);
  });

  it("tells contents apart by name, type and shape", () => {
    const cache = new ConditioningCache();
    const feed = (shape: number[], dtype: DataType, data: Tensor["data"]): Tensor =>
      ({ shape, dtype, data }) as Tensor;
    const bits = Uint16Array.of(1, 1);
    const contents = [
      { a: feed([2], "float16", bits) },
      { b: feed([2], "float16", bits) },
      { a: feed([2], "uint16", bits) },
      { a: feed([1, 2], "float16", bits) },
      { a: feed([2], "float16", bits), b: feed([2], "float16", bits) },
    ];
    expect(new Set(contents.map((content) => cache.use(content).id)).size).toBe(contents.length);
  });

  it("does not follow the caller's array", () => {
    const cache = new ConditioningCache();
    const feeds = prompt(1, 2);
    const { id } = cache.use(feeds);
    feeds.prompt.data[0] = 5;
    expect(cache.use(prompt(1, 2)).id).toBe(id);
    expect(cache.use(feeds).id).not.toBe(id);
  });

  it("drops the contents used least recently when all take more than 128 MiB", () => {
    const cache = new ConditioningCache();
    const use = (value: number) => cache.resize(cache.use(prompt(value)).id, 40 * MEBIBYTE);
    expect([1, 2, 3, 1].map(use)).toEqual([[], [], [], []]);
    expect(use(4)).toEqual([2]);
  });

  it("keeps three contents however large they are", () => {
    const cache = new ConditioningCache();
    const use = (value: number) => cache.resize(cache.use(prompt(value)).id, 1024 * MEBIBYTE);
    expect([1, 2, 3, 1, 2, 3].flatMap(use)).toEqual([]);
    expect(use(4)).toEqual([1]);
  });
});
