import { stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { diffusersLayout, isPickle } from "@sunstep/checkpoint";
import { type Environment, expandHome } from "@sunstep/files/node";
import { registryError } from "../errors.js";
import type { PipelineComponent } from "../select-files.js";
import { fileSize, listFolder } from "./disk/local-files.js";
import type { ResolvedModel } from "./resolved-model.js";

/** A pipeline keeps its components' files one folder deep; deeper files do not belong to it. */
const pipelineDepth = 2;

/** Returns the model at a path, or undefined if nothing is there. Files are used in place. */
export async function resolveLocal(
  text: string,
  env: Environment,
  component?: PipelineComponent,
): Promise<ResolvedModel | undefined> {
  const path = localPath(text, env);
  const stats = await stat(path).catch(() => undefined);
  if (stats?.isFile()) {
    if (isPickle(path)) {
      throw registryError(
        "MODEL_NOT_SAFETENSORS",
        `${path} is a pickle, which can run code when it is read. Use a .safetensors file`,
        { file: path },
      );
    }
    const file = { path: basename(path), absolutePath: path, size: stats.size };
    return { kind: "file", path, files: [file], origin: { type: "local" } };
  }
  if (!stats?.isDirectory()) return undefined;
  if (component !== undefined && (await fileSize(join(path, diffusersLayout.index))) !== undefined) {
    const found = await resolveLocal(join(path, component), env);
    if (found) return found;
    throw registryError("MODEL_FILE_NOT_FOUND", `${path} has no folder ${component}`, { folder: component });
  }
  const files = [...(await listFolder(path, pipelineDepth))].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    kind: "folder",
    path,
    files: files.map(([file, size]) => ({ path: file, absolutePath: resolve(path, file), size })),
    origin: { type: "local" },
  };
}

export function localPath(text: string, env: Environment): string {
  if (!/^file:\/\//i.test(text)) return resolve(expandHome(text, env));
  try {
    return fileURLToPath(text);
  } catch (cause) {
    throw registryError("MODEL_NAME_INVALID", `${JSON.stringify(text)} is not a file URL of this machine`, {
      model: text,
      cause,
    });
  }
}
