import { stat } from "node:fs/promises";
import { type ExternalSource, type Initializer, type Model, readOnnx, writeOnnx } from "@sunstep/onnx-graph";
import { runtimeError } from "@sunstep/runtime";
import { fileSource } from "./file-source.js";

/** A file of weights, by the number that the ONNX bytes name as its location. */
export interface PortableSource {
  readonly name: string;
  readonly size: number;
  readonly path: string;
}

/** A model that can be sent to a thread or process: weights are inline or in files on disk. */
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
      if (source.path === undefined) throw new TypeError(`${source.name} has no path`);
      const number = String(sources.push({ name: source.name, size: source.size, path: source.path }) - 1);
      numbers.set(source, number);
      return number;
    },
  });
  return { onnx, sources };
}

export function fromPortable({ onnx, sources }: PortableModel): Promise<Model> {
  const opened = sources.map(({ name, size, path }) => fileSource(path, size, name));
  return readOnnx(onnx, { open: async (location) => opened[Number(location)] });
}

/**
 * The model with the weights of sources that are not on disk (a Blob, bytes in memory) read into it, once the files
 * of the others are known to be there and long enough.
 * @throws EXTERNAL_DATA_MISSING
 */
export async function withLocalWeights(model: Model): Promise<Model> {
  const initializers = new Map<string, Initializer>();
  const checked = new Map<ExternalSource, Promise<void>>();
  for (const [name, initializer] of model.graph.initializers) {
    const { data } = initializer;
    if (data.kind === "inline") {
      initializers.set(name, initializer);
    } else if (data.source.path === undefined) {
      const bytes = await data.source.read(data.offset, data.length);
      if (bytes.byteLength !== data.length) throw missing(data.source, `ends before the weights of ${name}`);
      initializers.set(name, { ...initializer, data: { kind: "inline", bytes } });
    } else {
      if (!checked.has(data.source)) checked.set(data.source, checkFile(data.source, data.source.path));
      if (data.offset + data.length > data.source.size) {
        throw missing(
          data.source,
          `has ${data.source.size} bytes, the weights of ${name} end at ${data.offset + data.length}`,
        );
      }
      initializers.set(name, initializer);
    }
  }
  await Promise.all(checked.values());
  return { ...model, graph: { ...model.graph, initializers } };
}

async function checkFile(source: ExternalSource, path: string): Promise<void> {
  const info = await stat(path).catch(() => undefined);
  if (!info?.isFile()) throw missing(source, `is no longer at ${path}`);
  if (info.size < source.size) throw missing(source, `has ${info.size} bytes now, it had ${source.size}`);
}

function missing(source: ExternalSource, what: string) {
  return runtimeError("EXTERNAL_DATA_MISSING", `weights file ${source.name} ${what}`, {
    file: source.path ?? source.name,
  });
}
