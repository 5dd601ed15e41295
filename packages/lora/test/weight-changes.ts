// The changes that a LoRA makes to weights, computed by the pass on a graph that does nothing but give the weights out.
import type { AdaptableWeights, NetworkName } from "@sunstep/checkpoint";
import { checkModel, emitWeight, GraphBuilder, type Model, writeOnnx } from "@sunstep/onnx-graph";
import { type Tensor, tensor } from "@sunstep/tensor";
import { type RunTensor, runOnnx } from "@sunstep/testing";
import { addLoras, type Lora } from "../src/index.js";
import { externalData } from "./external-data.js";

/** Returns W' - W of every parameter that a LoRA changes, as "unet.conv_in.weight". */
export async function weightChanges(
  lora: Lora,
  weights: AdaptableWeights,
  scale: number,
): Promise<Record<string, Tensor<"float32">>> {
  const changes: Record<string, Tensor<"float32">> = {};
  for (const network of Object.keys(weights) as NetworkName[]) {
    const names = [
      ...new Set(lora.targets.filter((target) => target.network === network).map((t) => t.parameter)),
    ];
    if (names.length === 0) continue;
    const plain = weightsGraph(names, network, weights);
    const before = await run(plain);
    const after = await run(addLoras([{ lora, scale }], network).run(plain).model);
    for (const name of names)
      changes[`${network}.${name}`] = difference(after[`${name}:out`]!, before[`${name}:out`]!);
  }
  return changes;
}

function weightsGraph(names: readonly string[], network: NetworkName, weights: AdaptableWeights): Model {
  const graph = new GraphBuilder({ name: "weights", opsets: { "": 23 } });
  const one = graph.input("one", "float32", [1]);
  for (const name of names)
    graph.output(`${name}:out`, graph.op("Mul", [emitWeight(graph, weights[network]!.get(name)), one]));
  return graph.build();
}

async function run(model: Model): Promise<Record<string, RunTensor>> {
  checkModel(model);
  const one = { dtype: "float32", shape: [1], data: Float32Array.of(1) };
  return runOnnx(writeOnnx(model), { one }, { externalData: await externalData(model) });
}

function difference(after: RunTensor, before: RunTensor): Tensor<"float32"> {
  const [some, others] = [after.data as Float32Array, before.data as Float32Array];
  return tensor(
    some.map((value, i) => value - others[i]!),
    after.shape,
  );
}
