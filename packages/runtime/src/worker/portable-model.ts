import type { ByteSource } from "@sunstep/files";
import { type Initializer, type Model, readOnnx, writeOnnx } from "@sunstep/onnx-graph";
import { runtimeError } from "../errors.js";

/** A file of weights that a worker can open: on disk, or a Blob. ONNX bytes name it by its number. */
export type PortableSource = Pick<ByteSource, "name" | "size" | "path" | "blob">;

/** How one side opens what came from the other. */
export type OpenSource = (source: PortableSource) => ByteSource;

/** A model that can be sent to a worker. */
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

/** Bytes that a source has now; undefined where a worker cannot open it. */
export type SizeOf = (source: ByteSource) => Promise<number | undefined>;

/**
 * The model with the weights of sources that a worker cannot open (bytes in memory, say) read into it, once the others
 * are known to be long enough.
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
    `weights file ${name} has ${size} bytes, the weights of ${weights} end at ${end}`,
    { file: path ?? name },
  );
}
