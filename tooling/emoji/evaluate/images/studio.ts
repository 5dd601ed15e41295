import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { adaptableWeights, openCheckpoint, openComponent, openSafetensors } from "@sunstep/checkpoint";
import { fileSource, folderTree } from "@sunstep/checkpoint/node";
import { emojiDefaults, emojiModelUrl } from "@sunstep/emoji-model";
import type { RgbImage } from "@sunstep/image";
import { readLora } from "@sunstep/lora";
import { type GenerateResult, Pipeline } from "@sunstep/pipeline";
import type { Runtime } from "@sunstep/runtime";
import type { SchedulerConfig } from "@sunstep/scheduler";
import { readSunAdapter } from "@sunstep/sun-adapter";
import { createTokenizer } from "@sunstep/tokenizer";
import type { Prompt } from "../prompts/prompt.js";
import { fileHash, modelHash } from "./file-hash.js";
import type { ModelIdentity } from "./recipe.js";
import { type Sampler, schedulerConfig } from "./sampler.js";

export const embeddedModel = fileURLToPath(emojiModelUrl);

/** A model with the adapters that are loaded with it. */
export interface StudioFiles {
  /** Folder in diffusers' layout. */
  readonly model: string;
  readonly adapter?: string;
  readonly lora?: string;
  /** Folder of a tiny autoencoder. */
  readonly tinyAutoencoder?: string;
}

const WEIGHTS = "diffusion_pytorch_model.safetensors";

/** One model, ready to make images with any sampler. */
export class Studio {
  readonly identity: ModelIdentity;
  readonly #pipeline: Pipeline;
  readonly #schedulerConfig: SchedulerConfig;

  private constructor(identity: ModelIdentity, pipeline: Pipeline, base: SchedulerConfig) {
    this.identity = identity;
    this.#pipeline = pipeline;
    this.#schedulerConfig = base;
  }

  static async open(runtime: Runtime, files: StudioFiles): Promise<Studio> {
    const { model, adapter, lora, tinyAutoencoder } = files;
    const checkpoint = await openCheckpoint(folderTree(model));
    const read = async (name: string) => {
      const source = checkpoint.textEncoders[0].tokenizer![name]!;
      return new TextDecoder().decode(await source.read(0, source.size));
    };
    const open = async (file: string) => openSafetensors(await fileSource(file));
    const weights = adaptableWeights(checkpoint);
    const pipeline = new Pipeline({
      ...checkpoint,
      runtime,
      batching: "batched",
      defaults: emojiDefaults,
      tokenizer: createTokenizer({ vocab: await read("vocab.json"), merges: await read("merges.txt") }),
      ...(adapter !== undefined && { sun: readSunAdapter(await open(adapter)) }),
      ...(lora !== undefined && { loras: [{ lora: await readLora(await open(lora), weights), scale: 1 }] }),
      ...(tinyAutoencoder !== undefined && {
        taesd: await openComponent("taesd", folderTree(tinyAutoencoder)),
      }),
    });
    const identity: ModelIdentity = {
      model: await modelHash(model),
      ...(adapter !== undefined && { adapter: await fileHash(adapter) }),
      ...(lora !== undefined && { lora: await fileHash(lora) }),
      ...(tinyAutoencoder !== undefined && {
        tinyAutoencoder: await fileHash(join(tinyAutoencoder, WEIGHTS)),
      }),
    };
    return new Studio(identity, pipeline, checkpoint.schedulerConfig);
  }

  /** One image for each prompt. */
  async make(prompts: readonly Prompt[], sampler: Sampler): Promise<readonly RgbImage[]> {
    return (await this.generate(prompts, sampler)).images;
  }

  generate(prompts: readonly Prompt[], sampler: Sampler): Promise<GenerateResult> {
    return this.#pipeline.generate(
      prompts.map(({ caption }) => caption),
      {
        negativePrompt: prompts.map(({ negative }) => negative),
        seed: prompts.map(({ seed }) => seed),
        scheduler: schedulerConfig(sampler, this.#schedulerConfig),
        steps: sampler.steps,
        sun: sampler.sun,
        guidanceScale: sampler.guidanceScale,
        decoder: sampler.tinyDecoder ? "taesd" : "vae",
      },
    );
  }

  dispose(): Promise<void> {
    return this.#pipeline.dispose();
  }
}
