// Noised latents with their prompts.
import type { Checkpoint } from "@sunstep/checkpoint";
import type { TrainingData } from "@sunstep/distillation";
import { buildTextEncoder } from "@sunstep/networks";
import type { Runtime } from "@sunstep/runtime";
import { forwardProcess } from "@sunstep/scheduler";
import { type Tensor, TorchGenerator, tensor } from "@sunstep/tensor";
import type { createTokenizer } from "@sunstep/tokenizer";

/** Share of images without their caption; guidance compares both. */
const EMPTY_PROMPTS = 0.15;

/** Batches of `size` images, drawn by their weights; the n-th one depends on the seed and n alone. */
export async function loraBatches(
  { textEncoders: [textEncoder], schedulerConfig }: Checkpoint,
  tokenizer: ReturnType<typeof createTokenizer>,
  data: TrainingData,
  runtime: Runtime,
  size: number,
  seed: number,
): Promise<(step: number) => Promise<Record<string, Tensor>>> {
  const tokens = tokenizer.maxLength;
  const encoder = await runtime.load(buildTextEncoder({ ...textEncoder, batch: 1, tokens }), {
    label: "text-encoder",
  });
  const encoded = new Map<string, Promise<Float32Array>>();
  const encode = async (prompt: string) => {
    const ids = BigInt64Array.from(tokenizer.encode(prompt).ids, BigInt);
    const { last_hidden_state } = await encoder.run({ input_ids: tensor(ids, [1, tokens], "int64") });
    return last_hidden_state!.data as Float32Array;
  };
  const { alphasCumprod } = forwardProcess(schedulerConfig);
  const upTo = cumulative(data.entries.map(({ weight }) => weight));
  const length = data.shape.reduce((product, side) => product * side, 1);

  return async (step) => {
    const random = new TorchGenerator(seed * 1_000_003 + step);
    const noise = random.randn(size * length);
    const sample = new Float32Array(size * length);
    const timesteps = new Float32Array(size);
    const states: Float32Array[] = [];
    for (let i = 0; i < size; i++) {
      const [place, time, which, empty] = random.randFloat64(4);
      const index = upTo.findIndex((sum) => sum > place! * upTo.at(-1)!);
      const { captions } = data.entries[index]!;
      const prompt = empty! < EMPTY_PROMPTS ? "" : captions[Math.floor(which! * captions.length)]!;
      if (!encoded.has(prompt)) encoded.set(prompt, encode(prompt));
      states.push(await encoded.get(prompt)!);
      const t = Math.floor(time! * alphasCumprod.length);
      timesteps[i] = t;
      const [signal, spread] = [Math.sqrt(alphasCumprod[t]!), Math.sqrt(1 - alphasCumprod[t]!)];
      (await data.latents(index)).forEach((value, j) => {
        sample[i * length + j] = signal * value + spread * noise[i * length + j]!;
      });
    }
    const width = textEncoder.config.hidden_size;
    const prompts = new Float32Array(size * tokens * width);
    states.forEach((state, i) => {
      prompts.set(state, i * tokens * width);
    });
    return {
      sample: tensor(sample, [size, ...data.shape]),
      noise: tensor(noise, [size, ...data.shape]),
      timestep: tensor(timesteps, [size]),
      encoder_hidden_states: tensor(prompts, [size, tokens, width]),
    };
  };
}

function cumulative(weights: readonly number[]): number[] {
  let sum = 0;
  return weights.map((weight) => {
    sum += weight;
    return sum;
  });
}
