import { type Model, writeOnnx } from "@sunstep/onnx-graph";
import { runtimeError, type TensorSpec, tensorSpecs } from "@sunstep/runtime";
import { arrayClasses, bytesPerElement, type Tensor } from "@sunstep/tensor";
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-web/webgpu";
import { BlobBytes } from "./blob-bytes.js";

/** A session inside the worker. */
export interface WebSession {
  readonly inputs: TensorSpec[];
  readonly outputs: TensorSpec[];
  run(feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>>;
  release(): Promise<void>;
}

export async function loadSession(
  model: Model,
  options: InferenceSession.SessionOptions,
): Promise<WebSession> {
  const inputs = tensorSpecs(model.graph.inputs);
  const outputs = tensorSpecs(model.graph.outputs);
  const unpassable = [...inputs, ...outputs].find(({ dtype }) => dtype === "bfloat16");
  if (unpassable) {
    throw runtimeError(
      "DTYPE_UNSUPPORTED",
      `${unpassable.name}: onnxruntime-web passes no bfloat16, cast it to float32`,
      { value: unpassable.name },
    );
  }
  const blobs = new Map<string, Blob>();
  const onnx = writeOnnx(model, {
    locate({ blob }) {
      const known = [...blobs].find(([, other]) => other === blob);
      if (known) return known[0];
      const location = String(blobs.size);
      blobs.set(location, blob!);
      return location;
    },
  });
  const session = await InferenceSession.create(onnx, {
    logSeverityLevel: 4,
    ...options,
    externalData: [...blobs].map(([path, blob]) => ({ path, data: new BlobBytes(blob) })),
  });
  return {
    inputs,
    outputs,
    async run(feeds) {
      const given = Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, toOrt(tensor)]));
      const results = await session.run(given);
      return Object.fromEntries(outputs.map((spec) => [spec.name, fromOrt(spec, results[spec.name]!)]));
    },
    release: () => session.release(),
  };
}

function toOrt({ dtype, shape, data }: Tensor): OrtTensor {
  return new OrtTensor(dtype as OrtTensor.Type, data as OrtTensor.DataType, shape);
}

function fromOrt({ dtype }: TensorSpec, { data, dims }: OrtTensor): Tensor {
  const { buffer, byteOffset, byteLength } = data as Uint8Array;
  const view = new arrayClasses[dtype](buffer, byteOffset, byteLength / bytesPerElement(dtype));
  return { dtype, shape: [...dims], data: byteLength === buffer.byteLength ? view : view.slice() };
}
