import {
  checkDiffusersConfigs,
  checkGraphConfigs,
  diffusersLayout,
  type FileTree,
  isGraphFolder,
  parseWeightFileName,
} from "@sunstep/checkpoint";
import type { FileSelection } from "./select-files.js";

/** A selection in the order of its download. */
export interface SplitSelection {
  /** The small files of a pipeline; all files of any other selection. */
  readonly first: readonly string[];
  /** The weights of a pipeline, which are worth their download only if its configs are of a supported model. */
  readonly weights: readonly string[];
  /** Refuses a model that is not supported, by the files that come first. */
  check(files: FileTree): Promise<void>;
}

/** Splits the files of a pipeline into its configs and its weights. */
export function splitSelection({ root, files }: FileSelection): SplitSelection {
  const prefix = root === "" ? "" : `${root}/`;
  const split = (isWeights: (file: string) => boolean, check: SplitSelection["check"]) => ({
    first: files.filter((file) => !isWeights(file)),
    weights: files.filter(isWeights),
    check,
  });
  if (isGraphFolder(files.map((file) => file.slice(prefix.length)))) {
    const isConfig = (file: string) => /\.(json|txt)$/.test(file);
    return split((file) => !isConfig(file), checkGraphConfigs);
  }
  const isPipeline = files.includes(prefix + diffusersLayout.index);
  return split((file) => isPipeline && isWeightFile(file), checkDiffusersConfigs);
}

const isWeightFile = (file: string) =>
  (parseWeightFileName(file.slice(file.lastIndexOf("/") + 1))?.part ?? "index") !== "index";
