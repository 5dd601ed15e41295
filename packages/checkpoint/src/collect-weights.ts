import { elementCount } from "@sunstep/tensor";
import type { TensorEntry } from "./safetensors/header.js";
import { type SafetensorsFile, weightRef } from "./safetensors/open.js";
import type { WeightRef } from "./weights.js";

/** A tensor of a file, or a slice of a tensor, under its canonical name. */
export interface WeightView {
  readonly name: string;
  /** Where the canonical shape differs from the stored one. */
  readonly shape?: readonly number[];
  readonly transposed?: boolean;
  /** The place of a weight among several that are stored stacked along the first axis. */
  readonly part?: { readonly index: number; readonly of: number };
}

/**
 * Returns the canonical weights that a stored tensor holds: none for a tensor that the network is known to do without,
 * undefined for a name that it does not know.
 */
export type Rename = (entry: TensorEntry) => readonly WeightView[] | undefined;

export type WeightTable = ReadonlyMap<string, () => WeightRef>;

export interface CollectedWeights {
  /** By canonical name. */
  readonly table: WeightTable;
  /** Tensors whose names are not known, or whose weight another tensor holds already, as the files spell them. */
  readonly unknown: readonly string[];
}

/** Collects the weights of several files. Where two tensors have the same canonical name, the first counts. */
export function collectWeights(files: readonly SafetensorsFile[], rename: Rename): CollectedWeights {
  const table = new Map<string, () => WeightRef>();
  const unknown: string[] = [];
  for (const { source, tensors } of files) {
    for (const entry of tensors.values()) {
      const views = rename(entry);
      if (!views) unknown.push(entry.name);
      for (const view of views ?? []) {
        if (table.has(view.name)) unknown.push(entry.name);
        else table.set(view.name, () => viewOf(weightRef(source, entry), view));
      }
    }
  }
  return { table, unknown };
}

function viewOf(stored: WeightRef, { name, shape, transposed, part }: WeightView): WeightRef {
  const named = { ...stored, name, shape: shape ?? stored.shape, ...(transposed && { transposed }) };
  if (!part) return named;
  return { ...named, ...partOf(stored, part) };
}

/** The place of a part, and that of its scales if each row has one. */
function partOf(
  { shape, offset, length, scale }: WeightRef,
  part: NonNullable<WeightView["part"]>,
): Pick<WeightRef, "shape" | "offset" | "length" | "scale"> {
  const [rows = 0, ...rest] = shape;
  const size = length / part.of;
  const perRow = scale && elementCount(scale.shape) > 1;
  return {
    shape: [rows / part.of, ...rest],
    offset: offset + part.index * size,
    length: size,
    ...(perRow && { scale: { ...scale, ...partOf(scale, part), name: `${scale.name}.${part.index}` } }),
  };
}
