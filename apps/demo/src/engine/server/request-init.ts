import type { RgbImage } from "sunstep";
import { toImageData } from "../../browser/image-data.js";
import type { RunRequest } from "../../state/request.js";

/** Writes a request as the server's routes take it: an edit if it starts from an image. */
export async function requestInit(
  model: string,
  { prompt, options }: RunRequest,
): Promise<{ readonly path: string; readonly init: RequestInit }> {
  const { width, height, image, mask, strength } = options;
  const fields = {
    model,
    prompt,
    size: `${width}x${height}`,
    seed: options.seed,
    steps: options.steps,
    negative_prompt: options.negativePrompt,
    guidance_scale: options.guidanceScale,
    scheduler: options.scheduler,
    clip_skip: options.clipSkip,
    random_source: options.randomSource,
    hires: options.hires,
    stream: true,
    progress: true,
  };
  if (!image) {
    const headers = { "content-type": "application/json" };
    return {
      path: "v1/images/generations",
      init: { method: "POST", headers, body: JSON.stringify(fields) },
    };
  }
  const form = new FormData();
  for (const [name, value] of Object.entries({ ...fields, strength }))
    if (value !== undefined) form.set(name, String(value));
  form.set("image", await pngOf(image), "image.png");
  if (mask) form.set("mask", await pngOf(transparentWhere(mask)), "mask.png");
  return { path: "v1/images/edits", init: { method: "POST", body: form } };
}

async function pngOf(image: RgbImage): Promise<Blob> {
  const canvas = new OffscreenCanvas(image.width, image.height);
  canvas.getContext("2d")!.putImageData(toImageData(image), 0, 0);
  return canvas.convertToBlob({ type: "image/png" });
}

/** White, which is painted anew, becomes transparent, as the server's masks have it. */
function transparentWhere({ data, width, height }: RgbImage): RgbImage {
  const pixels = new Uint8Array(width * height * 4);
  for (const [i, white] of data.entries()) pixels[i * 4 + 3] = 255 - white;
  return { width, height, channels: 4, data: pixels };
}
