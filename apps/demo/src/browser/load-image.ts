/**
 * Resolves when an `img` with `decoding="sync"` that switches to the URL shows it at once, without a frame in which it is
 * empty. `decode()` would wait for a frame, which hidden pages do not have.
 */
export function loadImage(url: string): Promise<void> {
  return new Promise((resolve) => {
    const image = new Image();
    image.onload = () => resolve();
    // An image that cannot be decoded shows as such in its place.
    image.onerror = () => resolve();
    image.src = url;
  });
}
