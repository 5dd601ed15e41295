import { diffusersLayout, isGraphFolder, parseWeightFileName } from "@sunstep/checkpoint";
import type { FileSelection } from "./select-files.js";

/** A selection in the order of its download. */
export interface SplitSelection {
  /** The small files of a pipeline; all files of any other selection. */
  readonly first: readonly string[];
  /** The weights of a pipeline, which are worth their download only if its configs are of a supported model. */
  readonly weights: readonly string[];
}

/** Splits the files of a pipeline into its configs and its weights. */
export function splitSelection({ root, files }: FileSelection): SplitSelection {
  const prefix = root === "" ? "" : `${root}/`;
  const inside = files.map((file) => file.slice(prefix.length));
  // The configs of a folder of graphs do not tell whether it can be opened; the graphs do.
  if (isGraphFolder(inside)) return { first: files, weights: [] };
  if (!files.includes(prefix + diffusersLayout.index)) return { first: files, weights: [] };
  const isWeights = (file: string) =>
    (parseWeightFileName(file.slice(file.lastIndexOf("/") + 1))?.part ?? "index") !== "index";
  return { first: files.filter((file) => !isWeights(file)), weights: files.filter(isWeights) };
}
