// Runs one network on the inputs of a golden file, and compares every output that the file holds.
import {
  type ClipTextConfig,
  type Component,
  hasTextProjection,
  type UNetConfig,
  type VaeConfig,
} from "@sunstep/checkpoint";
import {
  buildTextEncoder,
  buildUNet,
  buildVaeDecoder,
  buildVaeEncoder,
  type TextEncoderOptions,
} from "@sunstep/networks";
import type { Pass } from "@sunstep/onnx-graph";
import { type Tensor, tensor } from "@sunstep/tensor";
import type { Golden } from "./golden.js";
import { runOnce } from "./session.js";

export interface UNetRun {
  readonly unet: Component<UNetConfig>;
  readonly golden: Golden;
  /** Encoded, [batch, tokens, context channels]. */
  readonly prompt: Tensor;
  readonly passes?: readonly Pass[];
  readonly moreFeeds?: Readonly<Record<string, Tensor>>;
}

/** Further conditioning of Stable Diffusion XL and of latent consistency models. */
const addedInputs = ["text_embeds", "time_ids", "timestep_cond"] as const;

/** eps, [batch, 4, height, width]. */
export async function runUNet({
  unet,
  golden,
  prompt,
  passes = [],
  moreFeeds = {},
}: UNetRun): Promise<Tensor> {
  const sample = golden.input("sample");
  const [batch = 1, , height = 1, width = 1] = sample.shape;
  const built = buildUNet({ ...unet, batch, height, width, tokens: prompt.shape[1] ?? 1 });
  const model = passes.reduce((before, pass) => pass.run(before).model, built);
  const timestep = golden.timesteps(batch);
  const { out_sample } = await runOnce(model, {
    sample,
    timestep,
    encoder_hidden_states: prompt,
    ...addedFeeds(golden),
    ...moreFeeds,
  });
  return out_sample!;
}

/** The further conditioning that a golden file has. */
export function addedFeeds(golden: Golden): Record<string, Tensor> {
  const names = addedInputs.filter(golden.hasInput);
  return Object.fromEntries(names.map((name) => [name, golden.input(name)]));
}

/** `out.last_hidden_state`, `out.hidden_states`, `out.pooler_output`, … for each of `outputs`. */
export async function checkTextEncoder(
  textEncoder: Component<ClipTextConfig>,
  golden: Golden,
  outputs: readonly string[],
  atol: number,
): Promise<void> {
  const ids = golden.input("input_ids");
  const [batch = 1, tokens = 1] = ids.shape;
  const run = (options: Partial<TextEncoderOptions>) =>
    runOnce(buildTextEncoder({ ...textEncoder, batch, tokens, ...options }), { input_ids: ids });
  const textEmbeds = hasTextProjection(textEncoder.config);
  const all = await run({ hiddenStates: true, pooled: true, textEmbeds });
  const states = Object.keys(all).filter((name) => name.startsWith("hidden_states."));
  const state = (index: number) => all[`hidden_states.${index}`]!;
  for (const output of outputs) {
    const [, skip] = /^out\.clip_skip_(\d+)$/.exec(output) ?? [];
    if (skip !== undefined)
      golden.compare(output, (await run({ clipSkip: Number(skip) })).last_hidden_state!, atol);
    else if (output === "out.hidden_states")
      golden.compare(output, stack(states.map((_, i) => state(i))), atol);
    else if (output === "out.penultimate") golden.compare(output, state(states.length - 2), atol);
    else golden.compare(output, named(all, output), atol);
  }
}

/** `out.decoded` of `in.latents` (as the U-Net gives them), `out.mean` and `out.logvar` of `in.image`. */
export async function checkVae(
  vae: Component<VaeConfig>,
  golden: Golden,
  outputs: readonly string[],
  atol: number,
): Promise<void> {
  const results: Record<string, Tensor> = {};
  if (outputs.includes("out.decoded")) {
    const latents = golden.input("latents");
    const [batch = 1, , height = 1, width = 1] = latents.shape;
    const scaled = (latents.data as Float32Array).map((value) => value / vae.config.scaling_factor);
    const decoder = buildVaeDecoder({ ...vae, batch, height, width });
    results.decoded = (await runOnce(decoder, { latent_sample: tensor(scaled, latents.shape) })).sample!;
  }
  if (outputs.some((output) => output !== "out.decoded")) {
    const image = golden.input("image");
    const [batch = 1, , height = 1, width = 1] = image.shape;
    Object.assign(
      results,
      await runOnce(buildVaeEncoder({ ...vae, batch, height, width }), { sample: image }),
    );
  }
  for (const output of outputs) golden.compare(output, named(results, output), atol);
}

/** Returns the result under the name of a golden output. */
export function named(results: Readonly<Record<string, Tensor>>, output: string): Tensor {
  const result = results[output.replace(/^out\./, "")];
  if (!result) throw new Error(`nothing here computes ${output}`);
  return result;
}

function stack(parts: readonly Tensor[]): Tensor {
  const [first] = parts;
  const size = first!.data.length;
  const data = new Float32Array(parts.length * size);
  for (const [i, part] of parts.entries()) data.set(part.data as Float32Array, i * size);
  return tensor(data, [parts.length, ...first!.shape]);
}
