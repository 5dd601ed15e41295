import { describe, expect, it } from "vitest";
import { LruCache } from "../src/sessions/lru-cache.js";

describe("LruCache", () => {
  it("drops the value whose last use is longest ago, and returns it", () => {
    const cache = new LruCache<number>(2);
    cache.set("a", 1);
    cache.set("b", 2);
    expect(cache.get("a")).toBe(1);
    expect(cache.set("c", 3)).toEqual([2]);
    expect([cache.get("a"), cache.get("b"), cache.get("c")]).toEqual([1, undefined, 3]);
  });

  it("replaces a value without dropping others", () => {
    const cache = new LruCache<number>(2);
    cache.set("a", 1);
    cache.set("b", 2);
    expect(cache.set("a", 3)).toEqual([]);
    expect(cache.take()).toEqual([2, 3]);
    expect(cache.get("a")).toBeUndefined();
  });
});
