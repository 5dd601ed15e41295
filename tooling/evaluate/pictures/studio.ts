import { fileURLToPath } from "node:url";
import { openCheckpoint, openSafetensors, readLora } from "@sunstep/checkpoint";
import { fileSource, folderTree } from "@sunstep/checkpoint/node";
import { emojiDefaults, emojiModelUrl } from "@sunstep/emoji-model";
import type { RgbImage } from "@sunstep/image";
import { Pipeline } from "@sunstep/pipeline";
import type { Runtime } from "@sunstep/runtime";
import { readSunAdapter } from "@sunstep/sun-adapter";
import { createTokenizer } from "@sunstep/tokenizer";
import type { Prompt } from "../prompts/prompt.js";
import { fileHash, modelHash } from "./file-hash.js";
import type { ModelIdentity } from "./recipe.js";
import { type Sampler, schedulerConfig } from "./sampler.js";

export const embeddedModel = fileURLToPath(emojiModelUrl);

/** A model with the adapters that are loaded with it. */
export interface StudioFiles {
  /** Folder in diffusers' layout. Default: the embedded model. */
  readonly model?: string;
  readonly adapter?: string;
  readonly loras?: readonly { readonly file: string; readonly scale: number }[];
}

/** One model, ready to make pictures with any sampler. */
export class Studio {
  readonly identity: ModelIdentity;
  readonly #pipeline: Pipeline;
  readonly #base: Parameters<typeof schedulerConfig>[1];

  private constructor(
    identity: ModelIdentity,
    pipeline: Pipeline,
    base: Parameters<typeof schedulerConfig>[1],
  ) {
    this.identity = identity;
    this.#pipeline = pipeline;
    this.#base = base;
  }

  static async open(
    runtime: Runtime,
    { model = embeddedModel, adapter, loras = [] }: StudioFiles = {},
  ): Promise<Studio> {
    const checkpoint = await openCheckpoint(folderTree(model));
    const read = async (name: string) => {
      const source = checkpoint.tokenizer![name]!;
      return new TextDecoder().decode(await source.read(0, source.size));
    };
    const open = async (file: string) => openSafetensors(await fileSource(file));
    const weights = { unet: checkpoint.unet.weights, textEncoder: checkpoint.textEncoder.weights };
    const pipeline = new Pipeline({
      ...checkpoint,
      runtime,
      batching: "together",
      defaults: emojiDefaults,
      tokenizer: createTokenizer({ vocab: await read("vocab.json"), merges: await read("merges.txt") }),
      ...(adapter !== undefined && { sun: readSunAdapter(await open(adapter)) }),
      loras: await Promise.all(
        loras.map(async ({ file, scale }) => ({ lora: await readLora(await open(file), weights), scale })),
      ),
    });
    const identity: ModelIdentity = {
      model: await modelHash(model),
      ...(adapter !== undefined && { adapter: await fileHash(adapter) }),
      ...(loras.length > 0 && {
        loras: await Promise.all(
          loras.map(async ({ file, scale }) => ({ file: await fileHash(file), scale })),
        ),
      }),
    };
    return new Studio(identity, pipeline, checkpoint.schedulerConfig);
  }

  /** One picture for each prompt. */
  async make(prompts: readonly Prompt[], sampler: Sampler): Promise<readonly RgbImage[]> {
    const { images } = await this.#pipeline.generate(
      prompts.map(({ caption }) => caption),
      {
        negativePrompt: prompts.map(({ negative }) => negative),
        seed: prompts.map(({ seed }) => seed),
        scheduler: schedulerConfig(sampler, this.#base),
        steps: sampler.steps,
        sun: sampler.sun,
        guidanceScale: sampler.guidanceScale,
      },
    );
    return images;
  }

  dispose(): Promise<void> {
    return this.#pipeline.dispose();
  }
}
