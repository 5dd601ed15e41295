import type { RgbImage } from "@sunstep/image";
import { describe, expect, it } from "vitest";
import { quick, useEmojiPipeline } from "./emoji-pipeline.js";
import { correlation } from "./image-measures.js";

const emoji = useEmojiPipeline();

describe("Pipeline.generate from an image", () => {
  const grey: RgbImage = { width: 64, height: 64, channels: 3, data: new Uint8Array(64 * 64 * 3).fill(128) };
  const half: RgbImage = {
    width: 64,
    height: 64,
    channels: 1,
    data: Uint8Array.from({ length: 64 * 64 }, (_, i) => (i % 64 < 32 ? 0 : 255)),
  };

  it("runs the share of the steps that the strength says", async () => {
    const { timesteps } = await emoji.pipeline.generate("a star", {
      ...quick,
      steps: 4,
      image: grey,
      strength: 0.5,
    });
    expect(timesteps.length).toBe(2);
  });

  it("leaves latents outside the mask as they were", async () => {
    const options = { ...quick, steps: 3, image: grey, mask: half };
    const [one, other] = [
      await emoji.pipeline.generate("a star", options),
      await emoji.pipeline.generate("a car", options),
    ];
    const columns = (data: Float32Array, left: boolean) => data.filter((_, i) => i % 8 < 4 === left);
    expect(columns(one.latents.data, true)).toEqual(columns(other.latents.data, true));
    const painted = [one, other].map(({ latents }) => columns(latents.data, false));
    expect(correlation([...painted[0]!], [...painted[1]!])).toBeLessThan(0.99);
  });

  it("pastes the pixels back that the mask keeps, if asked to", async () => {
    const options = { ...quick, image: grey, mask: half };
    const [changed, kept] = [
      await emoji.pipeline.generate("a star", options),
      await emoji.pipeline.generate("a star", { ...options, pasteBack: true }),
    ];
    const columns = ([image]: readonly RgbImage[], left: boolean) =>
      image!.data.filter((_, i) => Math.floor(i / 3) % 64 < 32 === left);
    expect(columns(kept.images, true).every((value) => value === 128)).toBe(true);
    expect(columns(changed.images, true).every((value) => value === 128)).toBe(false);
    expect(columns(kept.images, false)).toEqual(columns(changed.images, false));
  });

  it("rejects a mask of another size with both sizes", async () => {
    const mask = { ...half, width: 32, height: 128 };
    await expect(emoji.pipeline.generate("a star", { ...quick, image: grey, mask })).rejects.toThrow(
      /32x128.*64x64/,
    );
  });
});
