import type { Tensor as OrtTensor } from "onnxruntime-node";

type TensorData = Float32Array | Uint16Array | Uint8Array | BigInt64Array | Int32Array;

/** A tensor going into or coming out of ONNX Runtime, in the field names of `@sunstep/tensor`. */
export interface RunTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

export interface RunOnnxOptions {
  /** Bytes of the external data files, by the location the model names. */
  readonly externalData?: Readonly<Record<string, Uint8Array>>;
  /** ONNX Runtime's own rewriting; "disabled" shows what the graph itself computes. */
  readonly graphOptimizationLevel?: "disabled" | "basic" | "extended" | "all";
}

/** Runs the bytes of an `.onnx` file once on the CPU: what ONNX Runtime makes of a graph, with nothing in between. */
export async function runOnnx(
  model: Uint8Array,
  feeds: Readonly<Record<string, RunTensor>>,
  { externalData = {}, graphOptimizationLevel = "disabled" }: RunOnnxOptions = {},
): Promise<Record<string, RunTensor>> {
  process.env.ORT_DISABLE_TELEMETRY ??= "1";
  const { InferenceSession, Tensor } = await import("onnxruntime-node");
  const session = await InferenceSession.create(model, {
    graphOptimizationLevel,
    intraOpNumThreads: 1,
    logSeverityLevel: 4,
    externalData: Object.entries(externalData).map(([path, data]) => ({ path, data })),
  });
  try {
    const inputs = Object.entries(feeds).map(([name, { dtype, shape, data }]) => [
      name,
      new Tensor(dtype as OrtTensor.Type, data as OrtTensor.DataType, shape),
    ]);
    const results = await session.run(Object.fromEntries(inputs) as Record<string, OrtTensor>);
    return Object.fromEntries(
      Object.entries(results).map(([name, { type, dims, data }]) => [
        name,
        { dtype: type, shape: dims, data: data as TensorData },
      ]),
    );
  } finally {
    await session.release();
  }
}
