import type { ByteSource } from "@sunstep/files";
import { type Initializer, type Model, readOnnx, writeOnnx } from "@sunstep/onnx-graph";
import { runtimeError } from "../errors.js";

/** A file of weights, on disk or in a Blob, that a worker can open. ONNX bytes name it by its number. */
export type PortableSource = Pick<ByteSource, "name" | "size" | "path" | "blob">;

/** Opens a file of weights that the other side named. */
export type OpenSource = (source: PortableSource) => ByteSource;

/** A model as a message. */
export interface PortableModel {
  readonly onnx: Uint8Array;
  readonly sources: readonly PortableSource[];
}

export function toPortable(model: Model): PortableModel {
  const sources: PortableSource[] = [];
  const numbers = new Map<ByteSource, string>();
  const onnx = writeOnnx(model, {
    locate(source) {
      const known = numbers.get(source);
      if (known !== undefined) return known;
      const { name, size, path, blob } = source;
      const portable = { name, size, ...(path !== undefined && { path }), ...(blob && { blob }) };
      const number = String(sources.push(portable) - 1);
      numbers.set(source, number);
      return number;
    },
  });
  return { onnx, sources };
}

export function fromPortable({ onnx, sources }: PortableModel, open: OpenSource): Promise<Model> {
  const opened = sources.map(open);
  return readOnnx(onnx, { open: async (location) => opened[Number(location)] });
}

/** Returns the present size of a source in bytes; undefined for a source that a worker cannot open. */
export type SizeOf = (source: ByteSource) => Promise<number | undefined>;

/**
 * Reads weights that a worker cannot open, such as bytes in memory, into the model, and checks that all other files are
 * long enough.
 * @throws EXTERNAL_DATA_MISSING
 */
export async function withLocalWeights(model: Model, sizeOf: SizeOf): Promise<Model> {
  const initializers = new Map<string, Initializer>();
  const sizes = new Map<ByteSource, Promise<number | undefined>>();
  for (const [name, initializer] of model.graph.initializers) {
    initializers.set(name, initializer);
    const { data } = initializer;
    if (data.kind === "inline") continue;
    const { source, offset, length } = data;
    if (!sizes.has(source)) sizes.set(source, sizeOf(source));
    const size = await sizes.get(source);
    if (size !== undefined) {
      checkLength(source, name, size, offset + length);
      continue;
    }
    const bytes = await source.read(offset, length);
    checkLength(source, name, offset + bytes.byteLength, offset + length);
    initializers.set(name, { ...initializer, data: { kind: "inline", bytes } });
  }
  return { ...model, graph: { ...model.graph, initializers } };
}

function checkLength({ name, path }: ByteSource, weights: string, size: number, end: number): void {
  if (end <= size) return;
  throw runtimeError(
    "EXTERNAL_DATA_MISSING",
    `weights file ${name} has ${size} bytes, but the weights of ${weights} end at byte ${end}: the file is incomplete`,
    { file: path ?? name },
  );
}
