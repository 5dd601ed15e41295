// Tiny U-Nets and adapters from the fixtures, and runs of them in ONNX Runtime without lowering.
import { openComponent, openSafetensors } from "@sunstep/checkpoint";
import { fileSource, folderTree } from "@sunstep/checkpoint/node";
import { buildUNet } from "@sunstep/networks";
import { type Model, writeOnnx } from "@sunstep/onnx-graph";
import { fixture, type RunTensor, readSafetensors, runOnnx } from "@sunstep/testing";
import { readSunAdapter, type SunAdapter } from "../src/index.js";

const NEGATIVE_TOKENS = 77;

export interface Golden {
  /** [batch, channels, height, width] */
  readonly sample: RunTensor;
  readonly feeds: Readonly<Record<string, RunTensor>>;
  readonly tokens: number;
  output(name: string): Float32Array;
}

/** A golden file of a U-Net with an adapter; its prompt ends with the 77 tokens of the negative one. */
export function openGolden(file: string): Golden {
  const tensors = readSafetensors(fixture(file));
  const float32 = (name: string): RunTensor => {
    const { shape, data } = tensors.get(name)!;
    return { dtype: "float32", shape, data: Float32Array.from(data as ArrayLike<number | bigint>, Number) };
  };
  const sample = float32("in.sample");
  const prompt = float32("in.encoder_hidden_states");
  const tokens = prompt.shape[1]! - NEGATIVE_TOKENS;
  return {
    sample,
    tokens,
    feeds: {
      sample,
      timestep: float32("in.timestep"),
      encoder_hidden_states: sliceTokens(prompt, 0, tokens),
      negative_hidden_states: sliceTokens(prompt, tokens, tokens + NEGATIVE_TOKENS),
      sun_scale: { dtype: "float32", shape: [1], data: Float32Array.of(1) },
    },
    output: (name) => float32(`out.${name}`).data as Float32Array,
  };
}

function sliceTokens({ shape, data, dtype }: RunTensor, from: number, to: number): RunTensor {
  const [batch = 1, tokens = 1, width = 1] = shape;
  const rows = Array.from({ length: batch }, (_, i) =>
    Array.from((data as Float32Array).subarray((i * tokens + from) * width, (i * tokens + to) * width)),
  );
  return { dtype, shape: [batch, to - from, width], data: Float32Array.from(rows.flat()) };
}

export async function tinyUNet(
  model: string,
  { sample, tokens }: Pick<Golden, "sample" | "tokens">,
): Promise<Model> {
  const unet = await openComponent("unet", folderTree(fixture(`${model}/unet`)));
  const [batch = 1, , height = 1, width = 1] = sample.shape;
  return buildUNet({ ...unet, batch, height, width, tokens });
}

export async function openAdapter(file: string): Promise<SunAdapter> {
  return readSunAdapter(await openSafetensors(await fileSource(fixture(file))));
}

/** The output of a U-Net; feeds that it has no inputs for are left out. */
export async function runUNet(
  model: Model,
  feeds: Readonly<Record<string, RunTensor>>,
): Promise<Float32Array> {
  const externalData: Record<string, Uint8Array> = {};
  for (const { data } of model.graph.initializers.values()) {
    if (data.kind === "external")
      externalData[data.source.name] ??= await data.source.read(0, data.source.size);
  }
  const own = model.graph.inputs.map(({ name }) => [name, feeds[name]!] as const);
  const results = await runOnnx(writeOnnx(model), Object.fromEntries(own), { externalData });
  return results.out_sample!.data as Float32Array;
}
