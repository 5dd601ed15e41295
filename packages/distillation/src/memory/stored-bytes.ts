import type { ByteSource } from "@sunstep/files";
import type { Model } from "@sunstep/onnx-graph";

/** Returns the bytes of files that models' weights take, each part of a file counted once. */
export function storedBytes(models: readonly Model[]): number {
  const parts = new Map<ByteSource, Map<number, number>>();
  for (const { data } of models.flatMap(({ graph }) => [...graph.initializers.values()])) {
    if (data.kind === "inline") continue;
    const ofSource = parts.get(data.source) ?? new Map<number, number>();
    parts.set(data.source, ofSource.set(data.offset, Math.max(data.length, ofSource.get(data.offset) ?? 0)));
  }
  return [...parts.values()]
    .flatMap((ofSource) => [...ofSource.values()])
    .reduce((sum, length) => sum + length, 0);
}
