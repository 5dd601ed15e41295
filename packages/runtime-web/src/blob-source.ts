import type { OpenSource } from "@sunstep/runtime/worker";

/** Weights in a Blob that the other side named: a reference to its data crosses, not the data. */
export const openBlob: OpenSource = ({ name, size, blob = new Blob() }) => ({
  name,
  size,
  blob,
  read: async (offset, length) => new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer()),
});
