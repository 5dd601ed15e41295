import { join } from "node:path";
import { openComponent } from "@sunstep/checkpoint";
import { folderTree } from "@sunstep/checkpoint/node";
import type { TrainingData } from "@sunstep/distillation";
import { type RgbImage, tensorToImages } from "@sunstep/image";
import { buildVaeDecoder } from "@sunstep/networks";
import type { Runtime, Session } from "@sunstep/runtime";
import { type Tensor, TorchGenerator, tensor } from "@sunstep/tensor";
import type { Prompt } from "../prompts/prompt.js";
import { fileHash } from "./file-hash.js";
import type { ImageMaker } from "./make-missing.js";
import type { ModelIdentity } from "./recipe.js";
import { embeddedModel } from "./studio.js";

/** Draws images of the data by their weights, none twice, each with one of its captions. A prompt's seed is its image's index. */
export function drawnCaptions({ entries }: Pick<TrainingData, "entries">, count: number): Prompt[] {
  const random = new TorchGenerator(0);
  const places = random.randFloat64(entries.length);
  const choices = random.randFloat64(entries.length);
  // Efraimidis & Spirakis 2006: the smallest of exponential variables whose rates are the weights.
  const order = entries.map(({ weight }, index) => ({ index, key: -Math.log(1 - places[index]!) / weight }));
  return order
    .sort((a, b) => a.key - b.key)
    .slice(0, count)
    .map(({ index: seed }) => {
      const { captions } = entries[seed]!;
      return { caption: captions[Math.floor(choices[seed]! * captions.length)]!, negative: "", seed };
    });
}

/** The images of the data as the embedded VAE decodes them: a prompt's image is the one that its seed counts. */
export class Drawings implements ImageMaker {
  readonly identity: ModelIdentity;
  readonly #data: TrainingData;
  readonly #decoder: Session;
  readonly #scalingFactor: number;

  private constructor(data: TrainingData, decoder: Session, scalingFactor: number, weights: string) {
    this.identity = { model: `${data.fingerprint} ${weights}` };
    this.#data = data;
    this.#decoder = decoder;
    this.#scalingFactor = scalingFactor;
  }

  static async open(data: TrainingData, runtime: Runtime): Promise<Drawings> {
    const folder = join(embeddedModel, "vae");
    const vae = await openComponent("vae", folderTree(folder));
    const hash = await fileHash(join(folder, "diffusion_pytorch_model.safetensors"));
    const [, height, width] = data.shape;
    const decoder = await runtime.load(buildVaeDecoder({ ...vae, batch: 1, height, width }));
    return new Drawings(data, decoder, vae.config.scaling_factor, hash);
  }

  async make(prompts: readonly Prompt[]): Promise<readonly RgbImage[]> {
    const images: RgbImage[] = [];
    for (const { seed } of prompts) {
      const latents = (await this.#data.latents(seed)).map((value) => value / this.#scalingFactor);
      const { sample } = await this.#decoder.run({
        latent_sample: tensor(latents, [1, ...this.#data.shape]),
      });
      images.push(...tensorToImages(sample as Tensor<"float32">));
    }
    return images;
  }

  dispose(): Promise<void> {
    return this.#decoder.dispose();
  }
}
