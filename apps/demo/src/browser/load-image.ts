/** Resolves when an `img` that switches to the URL shows it at once, without a frame in which it is empty. */
export async function loadImage(url: string): Promise<void> {
  const image = new Image();
  image.src = url;
  // An image that cannot be decoded shows as such in its place.
  await image.decode().catch(() => undefined);
}
