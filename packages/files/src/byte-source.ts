/** A file that can be read in parts, wherever it is. */
export interface ByteSource {
  /** Identifies the file in messages, and among the files of one folder. */
  readonly name: string;
  /** Length in bytes. */
  readonly size: number;
  /** Absolute path, if the file is on this machine's disk: a runtime may map it instead of reading its bytes. */
  readonly path?: string;
  /** The Blob that holds the file, if there is one: it crosses to a worker without a copy of its bytes. */
  readonly blob?: Blob;
  /** Reads `length` bytes from `offset` on; fewer only at the end of the file. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** Names a file so that a user finds it: by its path on the disk, where it has one. */
export const placeOf = ({ path, name }: ByteSource): string => path ?? name;

/** Returns a source over bytes in memory. */
export function memorySource(bytes: Uint8Array, name = "memory"): ByteSource {
  return {
    name,
    size: bytes.byteLength,
    read: async (offset, length) => bytes.slice(offset, offset + length),
  };
}

/** Returns a source over a Blob or File, whose bytes stay where they are until they are read. */
export function blobSource(blob: Blob, name = blob instanceof File ? blob.name : "blob"): ByteSource {
  return {
    name,
    size: blob.size,
    blob,
    read: async (offset, length) => new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer()),
  };
}
