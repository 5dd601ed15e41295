import type { Redis } from "ioredis";
import { addressOf, type BlobStore, checkAddress } from "../blobs.js";
import { keys } from "./keys.js";

/** Keeps blobs in Redis for `keep` milliseconds after they were stored or read. */
export function redisBlobs(redis: Redis, keep: number): BlobStore {
  return {
    async put(bytes) {
      const address = addressOf(bytes);
      const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      await redis.set(keys.blob(address), content, "PX", keep);
      return address;
    },
    async get(address) {
      const bytes = await redis.getexBuffer(keys.blob(checkAddress(address)), "PX", keep);
      return bytes === null ? undefined : new Uint8Array(bytes);
    },
  };
}
