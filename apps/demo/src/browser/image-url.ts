/**
 * Returns an object URL of an image that the browser has loaded: an `img` that switches to it shows it at once, without
 * a frame in which it is empty.
 */
export async function imageUrl(image: Blob): Promise<string> {
  const url = URL.createObjectURL(image);
  const loaded = new Image();
  loaded.src = url;
  // An image that cannot be decoded shows as such in its place.
  await loaded.decode().catch(() => undefined);
  return url;
}
