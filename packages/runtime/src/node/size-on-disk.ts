import { stat } from "node:fs/promises";
import { runtimeError } from "../errors.js";
import type { SizeOf } from "../worker/portable-model.js";

/**
 * Returns the present size of a file of weights; undefined for a source without a path, such as a Blob.
 * @throws EXTERNAL_DATA_MISSING
 */
export const sizeOnDisk: SizeOf = async ({ name, path }) => {
  if (path === undefined) return undefined;
  const info = await stat(path).catch(() => undefined);
  if (info?.isFile()) return info.size;
  throw runtimeError("EXTERNAL_DATA_MISSING", `weights file ${name} is no longer at ${path}`, { file: path });
};
