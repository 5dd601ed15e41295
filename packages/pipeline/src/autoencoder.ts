import { buildTaesdDecoder, buildVaeDecoder, buildVaeEncoder } from "@sunstep/networks";
import { tensor } from "@sunstep/tensor";
import { checkFinite } from "./checks.js";
import { pipelineError } from "./errors.js";
import type { PipelineParts } from "./parts.js";
import type { Decoder } from "./request.js";
import type { SessionCache } from "./sessions.js";

/** A picture as the networks see it: [3, height, width], -1 to 1, flat. */
export interface Picture {
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
}

/** Pictures to latents and back, one at a time: batches would only need more memory. */
export class Autoencoder {
  readonly #parts: PipelineParts;
  readonly #sessions: SessionCache;

  constructor(parts: PipelineParts, sessions: SessionCache) {
    this.#parts = parts;
    this.#sessions = sessions;
  }

  get scalingFactor(): number {
    return this.#parts.vae.config.scaling_factor;
  }

  get latentChannels(): number {
    return this.#parts.vae.config.latent_channels;
  }

  get hasTaesd(): boolean {
    return this.#parts.taesd !== undefined;
  }

  /** @throws PIPELINE_OPTION where none is loaded */
  requireTaesd(): NonNullable<PipelineParts["taesd"]> {
    const { taesd } = this.#parts;
    if (taesd) return taesd;
    throw pipelineError(
      "PIPELINE_OPTION",
      "no TAESD is loaded: give one when the model is loaded, or use the VAE",
    );
  }

  /** Mean and logarithm of the variance of the picture's latents, not scaled. */
  async distribution({
    data,
    width,
    height,
  }: Picture): Promise<{ mean: Float32Array; logVariance: Float32Array }> {
    const session = await this.#sessions.get({
      key: `vae-encoder ${height}x${width}`,
      build: () => buildVaeEncoder({ ...this.#parts.vae, batch: 1, height, width }),
      load: { label: "vae-encoder" },
    });
    const { mean, logvar } = await session.run({ sample: tensor(data, [1, 3, height, width]) });
    return { mean: mean!.data as Float32Array, logVariance: logvar!.data as Float32Array };
  }

  /** The picture of one sample's latents (scaled, [channels, height, width] with the latents' sizes). */
  async decode(latents: Float32Array, height: number, width: number, decoder: Decoder): Promise<Picture> {
    const data =
      decoder === "vae"
        ? await this.#decodeVae(latents, height, width)
        : await this.#decodeTaesd(latents, height, width);
    checkFinite(data, `the ${decoder === "vae" ? "VAE" : "TAESD"} decoder`);
    return { data, width: 8 * width, height: 8 * height };
  }

  async #decodeVae(latents: Float32Array, height: number, width: number): Promise<Float32Array> {
    const { vae } = this.#parts;
    const session = await this.#sessions.get({
      key: `vae-decoder ${height}x${width}`,
      build: () => buildVaeDecoder({ ...vae, batch: 1, height, width }),
      load: { label: "vae-decoder" },
    });
    const unscaled = latents.map((value) => value / vae.config.scaling_factor);
    const { sample } = await session.run({
      latent_sample: tensor(unscaled, [1, this.latentChannels, height, width]),
    });
    return sample!.data as Float32Array;
  }

  async #decodeTaesd(latents: Float32Array, height: number, width: number): Promise<Float32Array> {
    const taesd = this.requireTaesd();
    const component = typeof taesd === "function" ? await taesd() : taesd;
    const session = await this.#sessions.get({
      key: `taesd-decoder ${height}x${width}`,
      build: () => buildTaesdDecoder({ ...component, batch: 1, height, width }),
      load: { label: "taesd-decoder" },
    });
    const { sample } = await session.run({
      latents: tensor(latents, [1, this.latentChannels, height, width]),
    });
    return sample!.data as Float32Array;
  }
}
