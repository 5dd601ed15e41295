import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { negativeMethod, sun } from "@sunstep/accelerations";
import { adaptableWeights, openCheckpoint, openComponent, openSafetensors } from "@sunstep/checkpoint";
import { fileSource, folderTree } from "@sunstep/checkpoint/node";
import { emojiDefaults, emojiModelUrl, emojiSunAdapterUrl } from "@sunstep/emoji-model";
import type { RgbImage } from "@sunstep/image";
import { readLora } from "@sunstep/lora";
import {
  type Dtype,
  type GenerateOptions,
  type GenerateResult,
  loraAdapter,
  openTextEncoders,
  Pipeline,
} from "@sunstep/pipeline";
import type { Runtime } from "@sunstep/runtime";
import type { SchedulerConfig } from "@sunstep/scheduler";
import { readSunAdapter } from "@sunstep/sun-adapter";
import type { Prompt } from "../prompts/prompt.js";
import { fileHash, modelHash } from "./file-hash.js";
import { type LcmStyle, openLcmStyle } from "./lcm-style.js";
import type { ModelIdentity } from "./recipe.js";
import { type Sampler, schedulerConfig } from "./sampler.js";

export const embeddedModel = fileURLToPath(emojiModelUrl);

/** The embedded model's SUN adapter. */
export const embeddedSun = fileURLToPath(emojiSunAdapterUrl);

/** A model with the adapters that are loaded with it. */
export interface StudioFiles {
  /** Folder in diffusers' layout. */
  readonly model: string;
  readonly adapter?: string;
  readonly lora?: string;
  /** Folder of a tiny autoencoder. */
  readonly tinyAutoencoder?: string;
  /** An LCM-style adapter, for samplers that ask for it. */
  readonly lcm?: string;
  /** Default: float32. */
  readonly dtype?: Dtype;
}

type AdaptedNetworks = Pick<GenerateOptions, "accelerations" | "adapters">;

const WEIGHTS = "diffusion_pytorch_model.safetensors";

/** One model, ready to make images with any sampler. */
export class Studio {
  readonly identity: ModelIdentity;
  readonly #pipeline: Pipeline;
  readonly #schedulerConfig: SchedulerConfig;

  readonly #networks: AdaptedNetworks;
  readonly #lcm: LcmStyle | undefined;

  private constructor(
    identity: ModelIdentity,
    pipeline: Pipeline,
    base: SchedulerConfig,
    networks: AdaptedNetworks,
    lcm: LcmStyle | undefined,
  ) {
    this.identity = identity;
    this.#networks = networks;
    this.#lcm = lcm;
    this.#pipeline = pipeline;
    this.#schedulerConfig = base;
  }

  static async open(runtime: Runtime, files: StudioFiles): Promise<Studio> {
    const { model, adapter, lora, tinyAutoencoder, lcm, dtype = "float32" } = files;
    const checkpoint = await openCheckpoint(folderTree(model));
    const open = async (file: string) => openSafetensors(await fileSource(file));
    const weights = adaptableWeights(checkpoint);
    const pipeline = new Pipeline({
      ...checkpoint,
      runtime,
      dtype,
      // In 8 bits the images of a batch share ranges, and on CPUs they are made one by one.
      batching: dtype === "int8" ? "sequential" : "batched",
      defaults: emojiDefaults,
      textEncoders: await openTextEncoders(checkpoint),
      ...(tinyAutoencoder !== undefined && {
        taesd: await openComponent("taesd", folderTree(tinyAutoencoder)),
      }),
    });
    const identity: ModelIdentity = {
      model: await modelHash(model),
      ...(dtype !== "float32" && { dtype }),
      ...(adapter !== undefined && { adapter: await fileHash(adapter) }),
      ...(lora !== undefined && { lora: await fileHash(lora) }),
      ...(lcm !== undefined && { lcm: await fileHash(lcm) }),
      ...(tinyAutoencoder !== undefined && {
        tinyAutoencoder: await fileHash(join(tinyAutoencoder, WEIGHTS)),
      }),
    };
    const networks: AdaptedNetworks = {
      accelerations: adapter === undefined ? [] : [sun(readSunAdapter(await open(adapter)))],
      adapters:
        lora === undefined
          ? []
          : [loraAdapter({ lora: await readLora(await open(lora), weights), scale: 1 })],
    };
    const style =
      lcm === undefined ? undefined : await openLcmStyle(pipeline, readSunAdapter(await open(lcm)));
    return new Studio(identity, pipeline, checkpoint.schedulerConfig, networks, style);
  }

  /** One image for each prompt. */
  async make(prompts: readonly Prompt[], sampler: Sampler): Promise<readonly RgbImage[]> {
    return (await this.generate(prompts, sampler)).images;
  }

  async generate(prompts: readonly Prompt[], sampler: Sampler): Promise<GenerateResult> {
    return this.#pipeline.generate(
      prompts.map(({ caption }) => caption),
      {
        negativePrompt: prompts.map(({ negative }) => negative),
        seed: prompts.map(({ seed }) => seed),
        scheduler: schedulerConfig(sampler, this.#schedulerConfig),
        steps: sampler.steps,
        ...this.#networks,
        ...(!sampler.sun && { acceleration: false }),
        ...(sampler.lcm && this.#lcm),
        ...(sampler.negative && { negative: await negativeMethod(sampler.negative) }),
        guidanceScale: sampler.guidanceScale,
        decoder: sampler.tinyDecoder ? "taesd" : "vae",
      },
    );
  }

  dispose(): Promise<void> {
    return this.#pipeline.dispose();
  }
}
