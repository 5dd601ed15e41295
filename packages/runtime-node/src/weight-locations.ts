import { realpath } from "node:fs/promises";
import { parse, relative, sep } from "node:path";
import type { ByteSource } from "@sunstep/files";
import type { Model } from "@sunstep/onnx-graph";
import { runtimeError } from "@sunstep/runtime";

export interface WeightLocations {
  /** The folder that contains all of a model's weight files. */
  readonly root: string;
  locate(source: ByteSource): string;
}

/**
 * Locates weight files as ONNX Runtime requires: by relative paths that stay below one folder once links are resolved
 * (onnxruntime/core/framework/tensorprotoutils.cc, ValidateExternalDataPath). The folder is the root of the drive, and
 * locations are real paths from there.
 */
export async function weightLocations(model: Model): Promise<WeightLocations | undefined> {
  const locations = new Map<string, string>();
  let root: string | undefined;
  for (const { data } of model.graph.initializers.values()) {
    if (data.kind === "inline" || data.source.path === undefined || locations.has(data.source.path)) continue;
    const { path } = data.source;
    const real = await realpath(path).catch((cause: unknown) => {
      throw runtimeError("EXTERNAL_DATA_MISSING", `weights file ${path} cannot be opened`, {
        file: path,
        cause,
      });
    });
    const drive = parse(real).root;
    root ??= drive;
    if (drive !== root) {
      throw runtimeError(
        "MODEL_REJECTED",
        `weights lie on two drives, ${root} (${[...locations.keys()][0]}) and ${drive} (${path}): put them on one`,
        { file: path },
      );
    }
    locations.set(path, relative(root, real).split(sep).join("/"));
  }
  return root === undefined
    ? undefined
    : { root, locate: (source) => locations.get(source.path ?? "") ?? source.name };
}
