import { fileURLToPath } from "node:url";
import { openCheckpoint } from "@sunstep/checkpoint";
import { folderTree } from "@sunstep/checkpoint/node";
import { emojiModelUrl } from "@sunstep/emoji-model";
import { buildUNet, buildVaeDecoder } from "@sunstep/networks";
import type { Model } from "@sunstep/onnx-graph";
import { TorchGenerator } from "@sunstep/tensor";
import { expect, it } from "vitest";
import { quantize } from "../src/index.js";
import { evaluate, lower, namesOf } from "./evaluate.js";

const checkpoint = await openCheckpoint(folderTree(fileURLToPath(emojiModelUrl)));
const latent = { batch: 1, height: 16, width: 16 };

/** Decibels of the float32 result over its distance from the quantised one, for random inputs. */
async function signalToNoise(model: Model): Promise<number> {
  const generator = new TorchGenerator(3);
  const feeds = Object.fromEntries(
    model.graph.inputs.map(({ name, shape }) => {
      const sizes = shape as readonly number[];
      const count = sizes.reduce((product, size) => product * size, 1);
      const data = name === "timestep" ? Float32Array.of(499) : generator.randn(count);
      return [name, { dtype: "float32", shape: sizes, data }];
    }),
  );
  const quantization = quantize({ invariantInputs: ["encoder_hidden_states"] });
  const [exact, quantized] = [
    await evaluate(model, [], feeds),
    await evaluate(model, [quantization], feeds),
  ].map((results) => Object.values(results)[0]!.data as Float32Array) as [Float32Array, Float32Array];
  const power = exact.reduce((sum, value) => sum + value ** 2, 0);
  const noise = exact.reduce((sum, value, i) => sum + (value - quantized[i]!) ** 2, 0);
  return 10 * Math.log10(power / noise);
}

it("keeps a trained U-Net's prediction", async () => {
  const unet = buildUNet({ ...checkpoint.unet, ...latent, tokens: 77 });
  const quantized = lower(unet, [quantize({ invariantInputs: ["encoder_hidden_states"] })]);
  // Convolutions from and to the latents' 4 channels, and the time embedding.
  expect(namesOf(quantized, "Conv").map((name) => name.split("/")[0])).toEqual(["conv_in", "conv_out"]);
  expect(namesOf(quantized, "Gemm").filter((name) => !/time_emb|attn2\.to_[kv]/.test(name))).toEqual([]);
  expect(await signalToNoise(unet)).toBeGreaterThan(36);
});

it("keeps a trained VAE's image", async () => {
  expect(await signalToNoise(buildVaeDecoder({ ...checkpoint.vae, ...latent }))).toBeGreaterThan(36);
});
