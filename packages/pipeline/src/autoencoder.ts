import { type Component, type TaesdConfig, vaeScaleFactor } from "@sunstep/checkpoint";
import type { RgbImage } from "@sunstep/image";
import { buildTaesdDecoder, buildVaeDecoder, buildVaeEncoder } from "@sunstep/networks";
import { tensor } from "@sunstep/tensor";
import type { ArchitectureRule } from "./architectures/architecture.js";
import { checkFinite } from "./check-finite.js";
import type { PipelineComponents } from "./components.js";
import { type ImagePlanes, toRgbImage } from "./images.js";
import type { LatentSize } from "./latents.js";
import type { Decoder } from "./request-settings.js";
import type { Run } from "./run.js";
import type { SessionCache } from "./session-cache.js";

/** Mean and logarithm of the variance of an image's latents, not scaled. */
export interface LatentDistribution {
  readonly mean: Float32Array;
  readonly logVariance: Float32Array;
}

/** Encodes images to latents and decodes them, one at a time: a batch would only need more memory. */
export class Autoencoder {
  readonly #components: PipelineComponents;
  readonly #sessions: SessionCache;
  readonly #precision: { readonly precision?: "float32" };

  constructor(components: PipelineComponents, rule: ArchitectureRule, sessions: SessionCache) {
    this.#components = components;
    this.#sessions = sessions;
    this.#precision = rule.upcastsVae && components.vae.config.force_upcast ? { precision: "float32" } : {};
  }

  get scalingFactor(): number {
    return this.#components.vae.config.scaling_factor;
  }

  get latentChannels(): number {
    return this.#components.vae.config.latent_channels;
  }

  /** Pixels of a latent, along each side: 8 for all Stable Diffusion models (diffusers' vae_scale_factor). */
  get scaleFactor(): number {
    return vaeScaleFactor(this.#components.vae.config);
  }

  async distribution({ data, width, height }: ImagePlanes, run: Run): Promise<LatentDistribution> {
    const session = await this.#sessions.get(
      {
        network: "vae_encoder",
        ...this.#precision,
        settings: { batch: 1, height, width },
        build: (sizes) => buildVaeEncoder({ ...this.#components.vae, ...sizes }),
      },
      run,
    );
    const { mean, logvar } = await session.run({ sample: tensor(data, [1, 3, height, width]) });
    return { mean: mean!.data as Float32Array, logVariance: logvar!.data as Float32Array };
  }

  /** Decodes the latents of a batch: scaled, [batch, channels, height, width], flat. */
  async decode(
    latents: Float32Array,
    { batch, height, width }: LatentSize,
    decoder: Decoder,
    run: Run,
  ): Promise<RgbImage[]> {
    const size = latents.length / batch;
    const images: RgbImage[] = [];
    for (let i = 0; i < batch; i++) {
      run.check();
      const one = latents.slice(i * size, (i + 1) * size);
      images.push(toRgbImage(await this.#decodeOne(one, height, width, decoder, run)));
    }
    return images;
  }

  async #decodeOne(
    latents: Float32Array,
    height: number,
    width: number,
    decoder: Decoder,
    run: Run,
  ): Promise<ImagePlanes> {
    const decode = decoder === "vae" ? this.#decodeVae : this.#decodeTaesd;
    const data = await decode.call(this, latents, height, width, run);
    checkFinite(data, `the ${decoder === "vae" ? "VAE" : "TAESD"} decoder`);
    return { data, width: this.scaleFactor * width, height: this.scaleFactor * height };
  }

  async #decodeVae(latents: Float32Array, height: number, width: number, run: Run): Promise<Float32Array> {
    const { vae } = this.#components;
    const session = await this.#sessions.get(
      {
        network: "vae_decoder",
        ...this.#precision,
        settings: { batch: 1, height, width },
        build: (sizes) => buildVaeDecoder({ ...vae, ...sizes }),
      },
      run,
    );
    const unscaled = latents.map((value) => value / vae.config.scaling_factor);
    const { sample } = await session.run({
      latent_sample: tensor(unscaled, [1, this.latentChannels, height, width]),
    });
    return sample!.data as Float32Array;
  }

  async #decodeTaesd(latents: Float32Array, height: number, width: number, run: Run): Promise<Float32Array> {
    const component = await this.#openTaesd();
    const session = await this.#sessions.get(
      {
        network: "taesd_decoder",
        settings: { batch: 1, height, width },
        build: (sizes) => buildTaesdDecoder({ ...component, ...sizes }),
      },
      run,
    );
    const { sample } = await session.run({
      latents: tensor(latents, [1, this.latentChannels, height, width]),
    });
    return sample!.data as Float32Array;
  }

  /** Requests are refused where there is none. */
  async #openTaesd(): Promise<Component<TaesdConfig>> {
    const { taesd } = this.#components;
    return typeof taesd === "function" ? taesd() : taesd!;
  }
}
