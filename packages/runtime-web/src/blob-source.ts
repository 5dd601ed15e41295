import { blobSource } from "@sunstep/files";
import type { OpenSource } from "@sunstep/runtime/worker";

/** Opens weights in a Blob that the other side named: a reference to its data crosses, not the data. */
export const openBlob: OpenSource = ({ name, blob = new Blob() }) => blobSource(blob, name);
