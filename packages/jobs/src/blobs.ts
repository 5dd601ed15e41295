import { createHash } from "node:crypto";
import { jobsError } from "./errors.js";

/** Bytes by their content: the address of a blob is its SHA-256. */
export interface BlobStore {
  /** Returns the address. */
  put(bytes: Uint8Array): Promise<string>;
  /** @throws BLOB_ADDRESS */
  get(address: string): Promise<Uint8Array | undefined>;
}

export const addressOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Addresses come from clients and become names of files and keys. @throws BLOB_ADDRESS */
export function checkAddress(address: string): string {
  if (/^[0-9a-f]{64}$/.test(address)) return address;
  throw jobsError("BLOB_ADDRESS", `${JSON.stringify(address)} is not the address of a blob`, { address });
}
