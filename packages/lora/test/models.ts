// Tiny networks and LoRAs from the fixtures, and runs of them in ONNX Runtime.
import { openComponent, openSafetensors } from "@sunstep/checkpoint";
import { fileSource, folderTree } from "@sunstep/checkpoint/node";
import { buildTextEncoder, buildUNet } from "@sunstep/networks";
import { type Model, writeOnnx } from "@sunstep/onnx-graph";
import { fixture, type RunTensor, readSafetensors, runOnnx } from "@sunstep/testing";
import { type Lora, readLora } from "../src/index.js";
import { externalData } from "./external-data.js";

const inputs = readSafetensors(fixture("lora/inputs_and_base.safetensors"));

const float32 = (name: string): RunTensor => {
  const { shape, data } = inputs.get(`in.${name}`)!;
  return { dtype: "float32", shape, data: Float32Array.from(data as ArrayLike<number | bigint>, Number) };
};

const feeds: Readonly<Record<string, RunTensor>> = {
  sample: float32("sample"),
  timestep: float32("timestep"),
  encoder_hidden_states: float32("encoder_hidden_states"),
  input_ids: {
    dtype: "int64",
    shape: inputs.get("in.input_ids")!.shape,
    data: inputs.get("in.input_ids")!.data as BigInt64Array,
  },
};

const unet = await openComponent("unet", folderTree(fixture("tiny-sd15/unet")));
const textEncoder = await openComponent("textEncoder", folderTree(fixture("tiny-sd15/text_encoder")));

const weights = { unet: unet.weights, text_encoder: textEncoder.weights };

export function tinyUNet(): Model {
  const [batch = 1, , height = 1, width = 1] = feeds.sample!.shape;
  return buildUNet({ ...unet, batch, height, width, tokens: feeds.encoder_hidden_states!.shape[1]! });
}

export function tinyTextEncoder(options: { clipSkip?: number } = {}): Model {
  const [batch = 1, tokens = 1] = feeds.input_ids!.shape;
  return buildTextEncoder({ ...textEncoder, batch, tokens, ...options });
}

export async function openLora(file: string): Promise<Lora> {
  return readLora(await openSafetensors(await fileSource(fixture(file))), weights);
}

/** The first output of a network on the inputs of the fixtures. */
export async function run(model: Model): Promise<Float32Array> {
  const own = Object.fromEntries(model.graph.inputs.map(({ name }) => [name, feeds[name]!]));
  const options = { externalData: await externalData(model), graphOptimizationLevel: "basic" } as const;
  const results = await runOnnx(writeOnnx(model), own, options);
  return results[model.graph.outputs[0]!.name]!.data as Float32Array;
}

/** `out.NAME` of a file of expected outputs. */
export function expected(file: string, name: string): Float32Array {
  return readSafetensors(fixture(file)).get(`out.${name}`)!.data as Float32Array;
}
