import { diffusersLayout, type FileTree } from "@sunstep/checkpoint";
import { type Model, readOnnx } from "@sunstep/onnx-graph";
import { onnxCheckpointError } from "./errors.js";

/** A graph and the path of its file. */
export interface OpenedGraph {
  readonly model: Model;
  readonly file: string;
}

/** Protobuf's limit; larger models have their weights beside the graph. */
const MOST_BYTES = 2 ** 31 - 1;

/**
 * Opens the graph of a network in a folder; undefined where there is none. Weights stay in their files, which lie beside the
 * graph.
 * @throws SunstepError ONNX_…
 */
export async function openGraph(files: FileTree, folder: string): Promise<OpenedGraph | undefined> {
  const path = `${folder}/${diffusersLayout.graphs.file}`;
  const source = await files.open(path);
  if (!source) return undefined;
  const file = files.name ? `${files.name}/${path}` : path;
  if (source.size > MOST_BYTES) {
    throw onnxCheckpointError(
      "ONNX_GRAPH_TOO_LARGE",
      `${file} has ${source.size} bytes; an .onnx file has at most ${MOST_BYTES}. Save the model with external data`,
      { file, size: source.size },
    );
  }
  const bytes = await source.read(0, source.size);
  const model = await readOnnx(bytes, {
    file,
    source,
    open: (location) => files.open(`${folder}/${location}`),
  });
  return { model, file };
}
