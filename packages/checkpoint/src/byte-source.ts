/** A file that can be read in parts, wherever it is. */
export interface ByteSource {
  /** For messages, and to tell files of one folder apart. */
  readonly name: string;
  readonly size: number;
  /** Where it lies on disk, so that a runtime may map it instead of being handed its bytes. */
  readonly path?: string;
  readonly blob?: Blob;
  /** The bytes from `offset` on; fewer than `length` only at the end of the file. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** A source over bytes that are in memory already. */
export function memorySource(bytes: Uint8Array, name = "memory"): ByteSource {
  return {
    name,
    size: bytes.byteLength,
    read: async (offset, length) => bytes.slice(offset, offset + length),
  };
}

/** A source over a Blob or File; its bytes are read when they are asked for. */
export function blobSource(blob: Blob, name = blob instanceof File ? blob.name : "blob"): ByteSource {
  return {
    name,
    size: blob.size,
    blob,
    read: async (offset, length) => new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer()),
  };
}
