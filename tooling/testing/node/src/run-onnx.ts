import type { Tensor as OrtTensor } from "onnxruntime-node";

type TensorData = Float32Array | Uint16Array | Uint8Array | BigInt64Array | Int32Array;

/** An input or output of ONNX Runtime, with the field names of `@sunstep/tensor`. */
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

export interface OnnxSession {
  run(feeds: Readonly<Record<string, RunTensor>>): Promise<Record<string, RunTensor>>;
  release(): Promise<void>;
}

/**
 * Opens an `.onnx` file, by its bytes or by its path, in ONNX Runtime on the CPU, with no pass and no worker in between. By
 * its path, weights in files beside it are found.
 */
export async function openOnnx(
  model: Uint8Array | string,
  { externalData = {}, graphOptimizationLevel = "disabled" }: RunOnnxOptions = {},
): Promise<OnnxSession> {
  process.env.ORT_DISABLE_TELEMETRY ??= "1";
  const { InferenceSession, Tensor } = await import("onnxruntime-node");
  const options = {
    graphOptimizationLevel,
    intraOpNumThreads: 1,
    logSeverityLevel: 4,
    externalData: Object.entries(externalData).map(([path, data]) => ({ path, data })),
  } as const;
  const session = await (typeof model === "string"
    ? InferenceSession.create(model, options)
    : InferenceSession.create(model, options));
  return {
    release: () => session.release(),
    async run(feeds) {
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
    },
  };
}

/** Runs the bytes of an `.onnx` file once, as `openOnnx` opens them. */
export async function runOnnx(
  model: Uint8Array,
  feeds: Readonly<Record<string, RunTensor>>,
  options: RunOnnxOptions = {},
): Promise<Record<string, RunTensor>> {
  const session = await openOnnx(model, options);
  try {
    return await session.run(feeds);
  } finally {
    await session.release();
  }
}
