import { expect, it } from "vitest";
import { requestOf } from "../../src/state/request.js";
import { initialSettings } from "../../src/state/settings.js";
import type { StartImage } from "../../src/state/start-image.js";

const enlarged = { ...initialSettings, hires: true, hiresScale: 1.5, hiresUpscaler: "lanczos" as const };
const image = { width: 1, height: 1, channels: 3, data: new Uint8Array(3) } as const;
const start = { id: 1, image } as unknown as StartImage;
const request = (settings: typeof initialSettings, from?: StartImage) =>
  requestOf(settings, from, undefined, false).options;

it("asks for a second run where it is on, with as many steps as the first unless they are set", () => {
  expect(request(initialSettings)).not.toHaveProperty("hires");
  expect(request(enlarged).hires).toEqual({ scale: 1.5, strength: 0.7, upscaler: "lanczos" });
  expect(request({ ...enlarged, hiresSteps: 9 }).hires).toMatchObject({ steps: 9 });
});

it("asks for no second run from a starting image, whose strength is its own", () => {
  const options = request(enlarged, start);
  expect(options).not.toHaveProperty("hires");
  expect(options).toMatchObject({ image, strength: 0.6 });
});
