import { type ExternalSource, type Initializer, type Model, readOnnx, writeOnnx } from "@sunstep/onnx-graph";
import { runtimeError } from "@sunstep/runtime";

/** A file of weights, by the number that the ONNX bytes name as its location. */
export interface PortableSource {
  readonly name: string;
  readonly size: number;
  readonly blob: Blob;
}

/** A model that can be sent to a worker: weights are inline or in Blobs. */
export interface PortableModel {
  readonly onnx: Uint8Array;
  readonly sources: readonly PortableSource[];
}

export function toPortable(model: Model): PortableModel {
  const sources: PortableSource[] = [];
  const numbers = new Map<ExternalSource, string>();
  const onnx = writeOnnx(model, {
    locate(source) {
      const known = numbers.get(source);
      if (known !== undefined) return known;
      const { name, size, blob } = source;
      if (!blob) throw new TypeError(`${name} has no Blob`);
      const number = String(sources.push({ name, size, blob }) - 1);
      numbers.set(source, number);
      return number;
    },
  });
  return { onnx, sources };
}

export function fromPortable({ onnx, sources }: PortableModel): Promise<Model> {
  const opened = sources.map(sourceOf);
  return readOnnx(onnx, { open: async (location) => opened[Number(location)] });
}

function sourceOf({ name, size, blob }: PortableSource): ExternalSource {
  return {
    name,
    size,
    blob,
    read: async (offset, length) => new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer()),
  };
}

/**
 * The model with the weights of sources that are not Blobs read into it, once the Blobs are known to be long enough.
 * @throws EXTERNAL_DATA_MISSING
 */
export async function withLocalWeights(model: Model): Promise<Model> {
  const initializers = new Map<string, Initializer>();
  for (const [name, initializer] of model.graph.initializers) {
    const { data } = initializer;
    if (data.kind === "inline") {
      initializers.set(name, initializer);
    } else if (data.source.blob === undefined) {
      const bytes = await data.source.read(data.offset, data.length);
      if (bytes.byteLength !== data.length) throw tooShort(data.source, name, data.offset + data.length);
      initializers.set(name, { ...initializer, data: { kind: "inline", bytes } });
    } else {
      if (data.offset + data.length > data.source.blob.size)
        throw tooShort(data.source, name, data.offset + data.length);
      initializers.set(name, initializer);
    }
  }
  return { ...model, graph: { ...model.graph, initializers } };
}

function tooShort({ name, size, blob }: ExternalSource, weights: string, end: number) {
  return runtimeError(
    "EXTERNAL_DATA_MISSING",
    `weights file ${name} has ${blob?.size ?? size} bytes, the weights of ${weights} end at ${end}`,
    { file: name },
  );
}
