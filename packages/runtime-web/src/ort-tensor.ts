// Our tensors as ONNX Runtime's, and back.
import { arrayClasses, bytesPerElement, type DataType, type Tensor } from "@sunstep/tensor";
import { Tensor as OrtTensor } from "onnxruntime-web/webgpu";

export function toOrt({ dtype, shape, data }: Tensor): OrtTensor {
  return new OrtTensor(dtype as OrtTensor.Type, data as OrtTensor.DataType, shape);
}

/** Reads a tensor from the device, if it is there. Its memory is its own: it can be sent away. */
export async function fromOrt(tensor: OrtTensor): Promise<Tensor> {
  const dtype = tensor.type as DataType;
  const { buffer, byteOffset, byteLength } = (await tensor.getData()) as Uint8Array;
  const view = new arrayClasses[dtype](buffer, byteOffset, byteLength / bytesPerElement(dtype));
  return {
    dtype,
    shape: [...tensor.dims],
    data: byteLength === buffer.byteLength && buffer instanceof ArrayBuffer ? view : view.slice(),
  };
}
