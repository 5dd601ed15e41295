import { type Component, type TaesdConfig, vaeScaleFactor } from "@sunstep/checkpoint";
import type { RgbImage } from "@sunstep/image";
import { buildTaesdDecoder, buildVaeDecoder, buildVaeEncoder } from "@sunstep/networks";
import type { ArchitectureRule } from "../architectures/architecture.js";
import type { PipelineComponents } from "../components.js";
import type { Decoder } from "../request/request-settings.js";
import type { Run } from "../run.js";
import type { SessionCache } from "../sessions/session-cache.js";
import { stableJson } from "../sessions/stable-json.js";
import type { Planes } from "../tiling/planes.js";
import { runAutoencoder } from "../tiling/run-autoencoder.js";
import { type AutoencoderNetwork, type LatentArea, planTiles, type TilePlan } from "../tiling/tile-plan.js";
import type { VaeTiling } from "../tiling/vae-tiling.js";
import { checkFinite } from "./check-finite.js";
import { type ImagePlanes, toRgbImage } from "./images.js";
import type { LatentSize } from "./latents.js";

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
  readonly #plans = new Map<string, TilePlan | undefined>();

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

  async distribution(
    { data, width, height }: ImagePlanes,
    tiling: VaeTiling,
    run: Run,
  ): Promise<LatentDistribution> {
    const { vae } = this.#components;
    const { scaleFactor } = this;
    const network: AutoencoderNetwork = {
      network: "vae_encoder",
      ...this.#precision,
      direction: "encode",
      build: (area) =>
        buildVaeEncoder({
          ...vae,
          batch: 1,
          height: scaleFactor * area.height,
          width: scaleFactor * area.width,
        }),
    };
    const { mean, logvar } = await this.#apply(network, { data, channels: 3, height, width }, tiling, run);
    return { mean: mean!.data, logVariance: logvar!.data };
  }

  /** Decodes the latents of a batch: scaled, [batch, channels, height, width], flat. */
  async decode(
    latents: Float32Array,
    { batch, height, width }: LatentSize,
    { decoder, vaeTiling }: { readonly decoder: Decoder; readonly vaeTiling: VaeTiling },
    run: Run,
  ): Promise<RgbImage[]> {
    const size = latents.length / batch;
    const network = decoder === "vae" ? this.#vaeDecoder() : await this.#taesdDecoder();
    const images: RgbImage[] = [];
    for (let i = 0; i < batch; i++) {
      run.check();
      const data = latents.slice(i * size, (i + 1) * size);
      const one = { data: decoder === "vae" ? this.#unscaled(data) : data, height, width };
      const { sample } = await this.#apply(
        network,
        { ...one, channels: this.latentChannels },
        vaeTiling,
        run,
      );
      checkFinite(sample!.data, `the ${decoder === "vae" ? "VAE" : "TAESD"} decoder`);
      images.push(toRgbImage(sample!));
    }
    return images;
  }

  #vaeDecoder(): AutoencoderNetwork {
    const { vae } = this.#components;
    return {
      network: "vae_decoder",
      ...this.#precision,
      direction: "decode",
      build: (area) => buildVaeDecoder({ ...vae, batch: 1, ...area }),
    };
  }

  async #taesdDecoder(): Promise<AutoencoderNetwork> {
    const component = await this.#openTaesd();
    return {
      network: "taesd_decoder",
      direction: "decode",
      build: (area) => buildTaesdDecoder({ ...component, batch: 1, ...area }),
    };
  }

  #unscaled(latents: Float32Array): Float32Array {
    return latents.map((value) => value / this.scalingFactor);
  }

  async #apply(network: AutoencoderNetwork, input: Planes, tiling: VaeTiling, run: Run) {
    const cell = network.direction === "encode" ? this.scaleFactor : 1;
    const area = { height: input.height / cell, width: input.width / cell };
    return runAutoencoder(input, {
      network,
      plan: this.#plan(network, area, tiling),
      area,
      sessions: this.#sessions,
      run,
    });
  }

  /** Plans are kept, since a request asks for the same one at each step that it previews. */
  #plan(network: AutoencoderNetwork, area: LatentArea, tiling: VaeTiling): TilePlan | undefined {
    const key = stableJson({ network: network.network, area, tiling });
    if (!this.#plans.has(key)) this.#plans.set(key, planTiles(network, area, tiling, this.scaleFactor));
    return this.#plans.get(key);
  }

  /** Requests are refused where there is none. */
  async #openTaesd(): Promise<Component<TaesdConfig>> {
    const { taesd } = this.#components;
    return typeof taesd === "function" ? taesd() : taesd!;
  }
}
