import type { RgbImage } from "@sunstep/image";
import { TorchGenerator } from "@sunstep/tensor";
import type { PreviewMode } from "../request/request-settings.js";
import type { Run } from "../run.js";
import type { VaeTiling } from "../tiling/vae-tiling.js";
import type { Autoencoder } from "./autoencoder.js";
import type { ImagePlanes } from "./images.js";
import type { LatentSize } from "./latents.js";
import { fitPreviewFactors, linearPreview, type PreviewFactors } from "./linear-preview.js";

/** Side of the colour chart that linear previews are fitted on, and of its squares, in pixels. */
const CHART_SIDE = 128;
const SQUARE_SIDE = 32;

/** Shows latents while a run goes on. */
export class Previewer {
  readonly #autoencoder: Autoencoder;
  #factors: PreviewFactors | undefined;

  constructor(autoencoder: Autoencoder) {
    this.#autoencoder = autoencoder;
  }

  /** Returns an image for each of a batch's latents: [batch, channels, height, width], flat. */
  async show(
    latents: Float32Array,
    size: LatentSize,
    { mode, vaeTiling }: { readonly mode: PreviewMode; readonly vaeTiling: VaeTiling },
    run: Run,
  ): Promise<RgbImage[]> {
    if (mode !== "linear") return this.#autoencoder.decode(latents, size, { decoder: mode, vaeTiling }, run);
    const { batch, height, width } = size;
    const factors = await this.#linearFactors(run);
    const elements = latents.length / batch;
    return Array.from({ length: batch }, (_, i) =>
      linearPreview(latents.subarray(i * elements, (i + 1) * elements), factors, width, height),
    );
  }

  /** Every VAE has its own colours: encodes a chart of plain squares with it, once, and fits. */
  async #linearFactors(run: Run): Promise<PreviewFactors> {
    this.#factors ??= await this.#fit(run);
    return this.#factors;
  }

  async #fit(run: Run): Promise<PreviewFactors> {
    const { scaleFactor, scalingFactor } = this.#autoencoder;
    const { mean } = await this.#autoencoder.distribution(colourChart(CHART_SIDE), false, run);
    const { data } = colourChart(CHART_SIDE / scaleFactor);
    const latents = mean.map((value) => value * scalingFactor);
    return fitPreviewFactors(latents, data, data.length / 3);
  }
}

/** Paints the same squares of random colours at any size. */
function colourChart(side: number): ImagePlanes {
  const squares = CHART_SIDE / SQUARE_SIDE;
  const random = new TorchGenerator(0).rand(3 * squares * squares).map((value) => 2 * value - 1);
  const data = new Float32Array(3 * side * side);
  const scale = side / squares;
  for (let i = 0; i < data.length; i++) {
    const x = Math.floor((i % side) / scale);
    const y = Math.floor((Math.floor(i / side) % side) / scale);
    const colour = Math.floor(i / (side * side));
    data[i] = random[(colour * squares + y) * squares + x]!;
  }
  return { data, width: side, height: side };
}
