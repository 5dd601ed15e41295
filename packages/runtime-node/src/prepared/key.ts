import { createHash } from "node:crypto";
import { type Model, writeOnnx } from "@sunstep/onnx-graph";
import { processorName } from "../processor.js";
import { fileHashes } from "./file-hashes.js";

/** Raised when the form of an entry, or the way it is made, changes. */
const FORMAT = 2;

/**
 * Names a prepared model by everything that determines it: the graph (with its sizes and adapters), the contents of the
 * files that it points to, ONNX Runtime's version, and the processor, whose features decide on layouts.
 */
export async function preparedKey(
  model: Model,
  folder: string,
  version: string,
  signal?: AbortSignal,
): Promise<string> {
  const paths = new Set<string>();
  for (const { data } of model.graph.initializers.values()) {
    if (data.kind === "external" && data.source.path !== undefined) paths.add(data.source.path);
  }
  const hashes = await fileHashes(folder, [...paths], signal);
  const hashOf = new Map([...paths].map((path, i) => [path, hashes[i]!]));
  const graph = writeOnnx(model, { locate: (source) => hashOf.get(source.path ?? "") ?? source.name });
  const platform = [FORMAT, version, process.platform, process.arch, await processorName()].join("\n");
  return createHash("sha256").update(platform).update(graph).digest("hex").slice(0, 40);
}
