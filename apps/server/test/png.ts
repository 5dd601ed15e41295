import { decodeImage } from "@sunstep/image";

/** Decodes a PNG in base64. */
export const pixelsOfBase64 = (base64: string) => {
  const { width, height, channels, data } = decodeImage(Buffer.from(base64, "base64"));
  return { width, height, channels, data };
};
