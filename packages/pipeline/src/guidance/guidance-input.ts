import { type Tensor, tensor } from "@sunstep/tensor";
import type { Conditioning } from "../prompts/conditioning.js";

const { fround } = Math;
const MAX_PERIOD = 10_000;

/**
 * Returns the input of a U-Net that takes the guidance scale (LCM, Luo et al. 2023, arXiv 2310.04378): `timestep_cond`,
 * [1, width], the embedding of w = scale - 1. Of other U-Nets (`width` null) returns nothing.
 */
export function guidanceInput(width: number | null, guidanceScale: number): Conditioning {
  return width === null ? {} : { timestep_cond: guidanceEmbedding(guidanceScale - 1, width) };
}

/** diffusers' get_guidance_scale_embedding, in float32 as torch computes it: sines, then cosines, of 1000 w. */
function guidanceEmbedding(w: number, width: number): Tensor<"float32"> {
  const half = Math.floor(width / 2);
  const scaled = fround(fround(w) * 1000);
  const decay = fround(Math.log(MAX_PERIOD) / (half - 1));
  const data = new Float32Array(width);
  for (let i = 0; i < half; i++) {
    const angle = fround(scaled * fround(Math.exp(fround(i * -decay))));
    data[i] = Math.sin(angle);
    data[half + i] = Math.cos(angle);
  }
  return tensor(data, [1, width]);
}
