import type { TensorEntry } from "./safetensors/header.js";
import { type SafetensorsFile, weightRef } from "./safetensors/open.js";
import type { WeightRef } from "./weights.js";

/** A tensor of a file, or a part of one, under its canonical name. */
export interface WeightView {
  readonly name: string;
  /** Where the canonical shape differs from the stored one. */
  readonly shape?: readonly number[];
  readonly transposed?: boolean;
  /** For one of several weights that are stored as one, stacked along the first axis. */
  readonly part?: { readonly index: number; readonly of: number };
}

/** The canonical weights that a stored tensor holds: none for one that the model does without. */
export type Rename = (entry: TensorEntry) => readonly WeightView[];

export type WeightTable = Map<string, () => WeightRef>;

/** The weights of several files by canonical name. Where two tensors have the same name, the first counts. */
export function collectWeights(files: readonly SafetensorsFile[], rename: Rename): WeightTable {
  const table: WeightTable = new Map();
  for (const { source, tensors } of files) {
    for (const entry of tensors.values()) {
      for (const view of rename(entry)) {
        if (!table.has(view.name)) table.set(view.name, () => viewOf(weightRef(source, entry), view));
      }
    }
  }
  return table;
}

function viewOf(stored: WeightRef, { name, shape, transposed, part }: WeightView): WeightRef {
  const named = { ...stored, name, shape: shape ?? stored.shape, ...(transposed && { transposed }) };
  if (!part) return named;
  const length = stored.length / part.of;
  const [rows = 0, ...rest] = stored.shape;
  return {
    ...named,
    shape: [rows / part.of, ...rest],
    offset: stored.offset + part.index * length,
    length,
  };
}
