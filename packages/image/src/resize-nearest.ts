import { type Tensor, tensor } from "@sunstep/tensor";
import { imageError } from "./errors.js";

/**
 * Nearest neighbours as torch.nn.functional.interpolate does by default: output i is input floor(i * in / out). What
 * diffusers makes masks as large as latents with. `values` [..., height, width], float32. Throws `IMAGE_SIZE_MISMATCH`.
 */
export function resizeNearest(values: Tensor<"float32">, height: number, width: number): Tensor<"float32"> {
  const fromHeight = values.shape.at(-2);
  const fromWidth = values.shape.at(-1);
  if (!fromHeight || !fromWidth || ![height, width].every((size) => Number.isInteger(size) && size > 0)) {
    throw imageError(
      "IMAGE_SIZE_MISMATCH",
      `[${values.shape.join(", ")}] cannot be made ${width}x${height}`,
      {
        height,
        width,
      },
    );
  }
  const planes = values.data.length / (fromHeight * fromWidth);
  const rows = sources(fromHeight, height);
  const columns = sources(fromWidth, width);
  const data = new Float32Array(planes * height * width);
  for (let plane = 0, at = 0; plane < planes; plane++) {
    for (const row of rows) {
      const start = (plane * fromHeight + row) * fromWidth;
      for (const column of columns) data[at++] = values.data[start + column]!;
    }
  }
  return tensor(data, [...values.shape.slice(0, -2), height, width], "float32");
}

// torch computes the scale and the product in float32.
function sources(from: number, to: number): number[] {
  const scale = Math.fround(from / to);
  return Array.from({ length: to }, (_, i) => Math.min(Math.floor(Math.fround(i * scale)), from - 1));
}
