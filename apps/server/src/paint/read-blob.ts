import type { RgbImage } from "@sunstep/image";
import type { BlobStore } from "@sunstep/jobs";
import { serverError } from "../errors.js";
import { decode } from "./pixels.js";

/** Reads an image of a request. @throws RESULT_MISSING, IMAGE_ENCODING, codes of `imageErrors` */
export async function readBlob(blobs: BlobStore, address: string): Promise<RgbImage> {
  const bytes = await blobs.get(address);
  if (bytes) return decode(bytes);
  throw serverError(
    "RESULT_MISSING",
    "the image of the request was deleted before the job began: send it again",
  );
}
