import type { RgbImage } from "@sunstep/image";
import { TorchGenerator } from "@sunstep/tensor";
import type { Autoencoder, Picture } from "./autoencoder.js";
import { toRgbImage } from "./pictures.js";
import { fitPreviewFactors, linearPreview, type PreviewFactors } from "./preview.js";
import type { PreviewMode } from "./request.js";

/** Side of the colour chart that linear previews are fitted on, in pixels. */
const CHART_SIDE = 128;

/** Shows latents while a run goes on. */
export class Previewer {
  readonly #autoencoder: Autoencoder;
  #factors: Promise<PreviewFactors> | undefined;

  constructor(autoencoder: Autoencoder) {
    this.#autoencoder = autoencoder;
  }

  /** `latents` [batch, channels, height, width], flat; sizes of latents. */
  async show(
    latents: Float32Array,
    batch: number,
    height: number,
    width: number,
    mode: PreviewMode,
  ): Promise<RgbImage[]> {
    const size = latents.length / batch;
    const decoder = mode === "auto" ? (this.#autoencoder.hasTaesd ? "taesd" : "linear") : mode;
    const previews: RgbImage[] = [];
    for (let i = 0; i < batch; i++) {
      const one = latents.slice(i * size, (i + 1) * size);
      previews.push(
        decoder === "linear"
          ? linearPreview(one, await this.#linearFactors(), width, height)
          : toRgbImage(await this.#autoencoder.decode(one, height, width, decoder)),
      );
    }
    return previews;
  }

  /** Every VAE has its own colours: encode a chart of plain squares with it, once, and fit. */
  #linearFactors(): Promise<PreviewFactors> {
    this.#factors ??= this.#fit().catch((error: unknown) => {
      this.#factors = undefined;
      throw error;
    });
    return this.#factors;
  }

  async #fit(): Promise<PreviewFactors> {
    const { chart, colours } = colourChart(CHART_SIDE);
    const { mean } = await this.#autoencoder.distribution(chart);
    const latents = mean.map((value) => value * this.#autoencoder.scalingFactor);
    return fitPreviewFactors(latents, colours, colours.length / 3);
  }
}

/** Random colours in squares of 32 pixels, and the same colours at an eighth of the size. */
function colourChart(side: number): { chart: Picture; colours: Float32Array } {
  const square = 32;
  const squares = side / square;
  const random = new TorchGenerator(0).rand(3 * squares * squares).map((value) => 2 * value - 1);
  const paint = (size: number) => {
    const pixels = new Float32Array(3 * size * size);
    const scale = size / squares;
    for (let i = 0; i < pixels.length; i++) {
      const x = Math.floor((i % size) / scale);
      const y = Math.floor((Math.floor(i / size) % size) / scale);
      const colour = Math.floor(i / (size * size));
      pixels[i] = random[(colour * squares + y) * squares + x]!;
    }
    return pixels;
  };
  return { chart: { data: paint(side), width: side, height: side }, colours: paint(side / 8) };
}
