import { type ByteSource, blobSource, placeOf } from "@sunstep/files";
import { checkpointError } from "./errors.js";
import { type JsonObject, parseJsonObject } from "./json.js";

/** Files of a checkpoint by path, with `/` between folders: a folder on disk, picked files, a hub repository. */
export interface FileTree {
  /** For messages. */
  readonly name?: string;
  list(): Promise<string[]>;
  /** Undefined where there is no such file. Throws `CHECKPOINT_PATH` for a path that leaves the tree. */
  open(path: string): Promise<ByteSource | undefined>;
}

const MAX_JSON_BYTES = 32 << 20;

/** Throws `CHECKPOINT_PATH` unless the path is relative and stays inside its folder, on any system. */
export function checkPath(path: string, from = "the checkpoint"): string {
  const parts = path.split("/");
  const bad =
    path === "" ||
    parts.some((part) => part === "" || part === "." || part === "..") ||
    /[\\\0]/.test(path) ||
    /^[a-z]:/i.test(path);
  if (bad) {
    throw checkpointError(
      "CHECKPOINT_PATH",
      `${from} refers to ${JSON.stringify(path)}, which is not a plain path inside its folder. It is refused`,
      { path, from },
    );
  }
  return path;
}

/** Returns a tree of Blobs or Files: of an `<input webkitdirectory>`, dropped or downloaded. */
export function blobTree(files: Readonly<Record<string, Blob>>): FileTree {
  const blobs = new Map(Object.entries(files));
  return {
    list: async () => [...blobs.keys()],
    async open(path) {
      const blob = blobs.get(checkPath(path));
      return blob && blobSource(blob, path);
    },
  };
}

/** Opens a required file. Throws `CHECKPOINT_FILE_MISSING`. */
export async function openFile(files: FileTree, path: string): Promise<ByteSource> {
  const source = await files.open(path);
  if (source) return source;
  throw checkpointError(
    "CHECKPOINT_FILE_MISSING",
    `${files.name ?? "the checkpoint"}: file ${path} is missing. The download may be incomplete`,
    { file: path },
  );
}

/** Reads a JSON file of at most 32 MiB whole. Throws `CHECKPOINT_JSON`. */
export async function readJsonFile(source: ByteSource): Promise<JsonObject> {
  if (source.size > MAX_JSON_BYTES) {
    throw checkpointError(
      "CHECKPOINT_JSON",
      `${placeOf(source)}: ${source.size} bytes are too many for a JSON file`,
      { file: placeOf(source) },
    );
  }
  return parseJsonObject(await source.read(0, source.size), placeOf(source));
}
