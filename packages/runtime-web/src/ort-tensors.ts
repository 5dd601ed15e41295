import type { NativeTensors } from "@sunstep/runtime/worker";
import { arrayClasses, bytesPerElement, type DataType } from "@sunstep/tensor";
import type { Tensor as OrtTensor } from "onnxruntime-web";

/** ONNX Runtime's tensors, of the class that one of its builds has. Results on WebGPU stay there until they are read. */
export const ortTensors = (Tensor: typeof OrtTensor): NativeTensors<OrtTensor> => ({
  from: ({ dtype, shape, data }) => new Tensor(dtype as OrtTensor.Type, data as OrtTensor.DataType, shape),

  async read(tensor) {
    const dtype = tensor.type as DataType;
    const { buffer, byteOffset, byteLength } = (await tensor.getData()) as Uint8Array;
    const view = new arrayClasses[dtype](buffer, byteOffset, byteLength / bytesPerElement(dtype));
    const isOwn = byteLength === buffer.byteLength && buffer instanceof ArrayBuffer;
    return { dtype, shape: [...tensor.dims], data: isOwn ? view : view.slice() };
  },

  typeOf: ({ type, dims }) => ({ dtype: type as DataType, shape: [...dims] }),

  free: (tensor) => tensor.dispose(),
});
