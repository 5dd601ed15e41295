import { type Model, writeOnnx } from "@sunstep/onnx-graph";
import type { TensorSpec } from "@sunstep/runtime";
import { type LocalSession, sessionSpecs } from "@sunstep/runtime/worker";
import { arrayClasses, bytesPerElement, type Tensor } from "@sunstep/tensor";
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { weightLocations } from "./weight-locations.js";

/** Loads a session in the calling thread, which blocks while it loads and runs. */
export async function loadNative(
  model: Model,
  options: InferenceSession.SessionOptions,
): Promise<LocalSession<Tensor>> {
  const { inputs, outputs } = sessionSpecs(model, "onnxruntime-node");
  const locations = await weightLocations(model);
  const onnx = writeOnnx(model, locations && { locate: locations.locate });
  const extra = locations && { "session.model_external_initializers_file_folder_path": locations.root };
  const session = await InferenceSession.create(onnx, {
    logSeverityLevel: 4,
    ...options,
    ...(extra && { extra: { ...options.extra, ...extra } }),
  });
  return {
    inputs,
    outputs,
    async run(feeds) {
      const given = Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, toOrt(tensor)]));
      const results = await session.run(given, fetches(outputs));
      return Object.fromEntries(outputs.map((spec) => [spec.name, fromOrt(spec, results[spec.name]!)]));
    },
    release: () => session.release(),
  };
}

/**
 * Allocates buffers for outputs of known shape. ONNX Runtime writes into them; unlike its own they can be transferred to
 * another thread.
 */
function fetches(outputs: readonly TensorSpec[]): InferenceSession.FetchesType {
  return Object.fromEntries(
    outputs.map(({ name, dtype, shape }) => {
      if (!isStatic(shape)) return [name, null];
      const length = shape.reduce((product, size) => product * size, 1);
      return [name, toOrt({ dtype, shape, data: new arrayClasses[dtype](length) })];
    }),
  );
}

function isStatic(shape: TensorSpec["shape"]): shape is readonly number[] {
  return shape.every((size) => typeof size === "number");
}

function toOrt({ dtype, shape, data }: Tensor): OrtTensor {
  return new OrtTensor(dtype as OrtTensor.Type, data as OrtTensor.DataType, shape);
}

function fromOrt({ dtype, shape }: TensorSpec, { data, dims }: OrtTensor): Tensor {
  const { buffer, byteOffset, byteLength } = data as Uint8Array;
  const view = new arrayClasses[dtype](buffer, byteOffset, byteLength / bytesPerElement(dtype));
  return { dtype, shape: [...dims], data: isStatic(shape) ? view : view.slice() };
}
