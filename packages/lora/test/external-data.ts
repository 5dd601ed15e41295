import type { Model } from "@sunstep/onnx-graph";

/** Reads the files that a model's weights are in, by their names. */
export async function externalData({ graph }: Model): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  for (const { data } of graph.initializers.values())
    if (data.kind === "external") files[data.source.name] ??= await data.source.read(0, data.source.size);
  return files;
}
