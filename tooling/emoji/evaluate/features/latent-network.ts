// A network of latents, trained on renders of emoji (tooling/emoji/train/train_features.py): it names concepts, colours, grounds
// and styles. It reads the embedded VAE's latents of an image, so it shares no weight, data or input with the other network.

import { fileURLToPath } from "node:url";
import { openComponent, openSafetensors, type Weights } from "@sunstep/checkpoint";
import { fileSource, folderTree } from "@sunstep/checkpoint/node";
import { emojiModelUrl } from "@sunstep/emoji-model";
import { imageToTensor, type RgbImage, resize } from "@sunstep/image";
import { buildVaeEncoder } from "@sunstep/networks";
import { emitWeight, GraphBuilder, int, ints, type Model, type Value } from "@sunstep/onnx-graph";
import type { Runtime, Session } from "@sunstep/runtime";
import { tensor } from "@sunstep/tensor";
import type { FeatureNetwork } from "./feature-network.js";

/** Pixels and latents along each side. */
const SIZE = 128;
const LATENT_SIZE = 16;
const CHANNELS = 4;

/** Strides of the convolutions, and those whose activations are averaged over the image. */
const STRIDES = [1, 1, 2, 1, 2] as const;
const TAPS = [3, 4] as const;

const WEIGHTS = fileURLToPath(new URL("latent-features.safetensors", import.meta.url));

export class LatentNetwork implements FeatureNetwork {
  readonly version = "latents 1";
  readonly #encoder: Session;
  readonly #network: Session;
  readonly #scalingFactor: number;

  private constructor(encoder: Session, network: Session, scalingFactor: number) {
    this.#encoder = encoder;
    this.#network = network;
    this.#scalingFactor = scalingFactor;
  }

  static async load(runtime: Runtime): Promise<LatentNetwork> {
    const vae = await openComponent("vae", folderTree(fileURLToPath(new URL("vae/", emojiModelUrl))));
    const encoder = await runtime.load(buildVaeEncoder({ ...vae, batch: 1, height: SIZE, width: SIZE }), {
      label: "vae encoder",
    });
    const network = await runtime.load(latentGraph(await openLatentWeights()), {
      label: "features of latents",
    });
    return new LatentNetwork(encoder, network, vae.config.scaling_factor);
  }

  async features(image: RgbImage): Promise<Float32Array> {
    const { data } = imageToTensor(resize(image, SIZE, SIZE));
    const { mean } = await this.#encoder.run({ sample: tensor(data, [1, 3, SIZE, SIZE]) });
    const latents = (mean!.data as Float32Array).map((value) => value * this.#scalingFactor);
    const outputs = await this.#network.run({
      latents: tensor(latents, [1, CHANNELS, LATENT_SIZE, LATENT_SIZE]),
    });
    return Float32Array.from(TAPS.flatMap((tap) => [...(outputs[`tap.${tap}`]!.data as Float32Array)]));
  }

  async dispose(): Promise<void> {
    await this.#encoder.dispose();
    await this.#network.dispose();
  }
}

export const openLatentWeights = async (): Promise<Weights> =>
  (await openSafetensors(await fileSource(WEIGHTS))).weights;

/** Builds the convolutions: input `latents` [1, 4, 16, 16], outputs `tap.3`, `tap.4` [1, channels]. */
export function latentGraph(weights: Weights): Model {
  const graph = new GraphBuilder({ name: "features of latents", opsets: { "": 17 } });
  const weight = (name: string) => emitWeight(graph, weights.get(name));
  let x: Value = graph.input("latents", "float32", [1, CHANNELS, LATENT_SIZE, LATENT_SIZE]);
  for (const [layer, stride] of STRIDES.entries()) {
    const convolved = graph.op("Conv", [x, weight(`${layer}.weight`), weight(`${layer}.bias`)], {
      strides: ints([stride, stride]),
      pads: ints([1, 1, 1, 1]),
    });
    x = graph.op("Relu", [convolved]);
    if ((TAPS as readonly number[]).includes(layer)) {
      const pooled = graph.op("Flatten", [graph.op("GlobalAveragePool", [x])], { axis: int(1) });
      graph.output(`tap.${layer}`, pooled);
    }
  }
  return graph.build();
}
