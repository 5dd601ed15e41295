import { type RunTensor, runOnnx } from "@sunstep/testing";
import { elementCount, type Model, staticShape, type ValueType, writeOnnx } from "../src/index.js";

/** Runs a model in ONNX Runtime. Feeds default to a fixed, irregular sequence of numbers. */
export async function runModel(
  model: Model,
  feeds: Readonly<Record<string, RunTensor>> = {},
): Promise<Record<string, RunTensor>> {
  const inputs = model.graph.inputs.map(({ name, dtype, shape }) => {
    const sizes = staticShape(shape);
    if (!sizes) throw new Error(`input ${name} has no static shape`);
    return [name, feeds[name] ?? sampleTensor(dtype, sizes)] as const;
  });
  return runOnnx(writeOnnx(model), Object.fromEntries(inputs), {
    externalData: await externalFiles(model),
  });
}

async function externalFiles(model: Model): Promise<Record<string, Uint8Array>> {
  const sources = [...model.graph.initializers.values()].flatMap(({ data }) =>
    data.kind === "external" ? [data.source] : [],
  );
  const files: Record<string, Uint8Array> = {};
  for (const source of new Set(sources)) files[source.name] = await source.read(0, source.size);
  return files;
}

/** Numbers between -1 and 1 that differ from each other; zeros for integers, so that they are valid indices. */
function sampleTensor(dtype: ValueType["dtype"], shape: readonly number[]): RunTensor {
  const count = elementCount(shape);
  switch (dtype) {
    case "float32":
      return { dtype, shape, data: Float32Array.from({ length: count }, (_, i) => Math.sin(1 + i * 1.7)) };
    case "int64":
      return { dtype, shape, data: new BigInt64Array(count) };
    case "bool":
      return { dtype, shape, data: Uint8Array.from({ length: count }, (_, i) => i % 2) };
    default:
      throw new Error(`no sample for ${dtype}`);
  }
}
