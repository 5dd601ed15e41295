// The vision network whose features compare images: MobileNet V2 as the npm package nsfwjs ships it. Of the packages found
// it is the only one that contains the weights of an ImageNet network (others fetch them at run time); it is MIT, and fast
// enough for two cores. Blocks 0 to 10 are ImageNet's, unchanged; the later ones were trained further, to tell
// photographs, drawings and pornography apart (github.com/GantMan/nsfw_model).
import { imageToTensor, type RgbImage, resize } from "@sunstep/image";
import type { Runtime, Session } from "@sunstep/runtime";
import { tensor } from "@sunstep/tensor";
import { MobileNetV2Model } from "nsfwjs/models/mobilenet_v2";
import type { FeatureNetwork } from "./feature-network.js";
import type { KerasModel } from "./keras-model.js";
import { kerasToOnnx } from "./keras-to-onnx.js";

/** Layers whose activations are averaged over the image: the last of ImageNet's own weights, and the last of all. */
const TAPS = ["block_10_depthwise_relu", "out_relu"] as const;

const SIZE = 224;

/** The package's types, without those of TensorFlow.js. */
interface PackagedModel {
  modelJson(): Promise<{ readonly default: KerasModel }>;
  /** The weights in base64. */
  readonly weightBundles: readonly (() => Promise<{ readonly default: string }>)[];
}

export class MobileNet implements FeatureNetwork {
  readonly version = `nsfwjs mobilenet_v2 ${TAPS.join(" ")} 1`;
  readonly #session: Session;

  private constructor(session: Session) {
    this.#session = session;
  }

  static async load(runtime: Runtime): Promise<MobileNet> {
    const { modelJson, weightBundles }: PackagedModel = MobileNetV2Model;
    const { default: model } = await modelJson();
    const bundles = await Promise.all(weightBundles.map((load) => load()));
    const bytes = Buffer.from(bundles.map((bundle) => bundle.default).join(""), "base64");
    return new MobileNet(await runtime.load(kerasToOnnx(model, bytes, TAPS, 1), { label: "features" }));
  }

  /** Features of one image: the taps' channels, one after the other. */
  async features(image: RgbImage): Promise<Float32Array> {
    const { data } = imageToTensor(resize(image, SIZE, SIZE));
    // Converts from -1 … 1 to 0 … 1, as the package does.
    const input = tensor(
      data.map((value) => (value + 1) / 2),
      [1, 3, SIZE, SIZE],
    );
    const outputs = await this.#session.run({ image: input });
    const parts = TAPS.map((tap) => outputs[tap]!.data as Float32Array);
    const result = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
    let offset = 0;
    for (const part of parts) {
      result.set(part, offset);
      offset += part.length;
    }
    return result;
  }

  dispose(): Promise<void> {
    return this.#session.dispose();
  }
}
