/**
 * Wraps slow work that many changes may outdate: the returned function requests it again. It runs once at a time, and
 * always once more after the last request.
 */
export function coalesced(work: () => Promise<void>): () => Promise<void> {
  let working = false;
  let requested = false;
  return async () => {
    requested = true;
    if (working) return;
    working = true;
    while (requested) {
      requested = false;
      await work();
    }
    working = false;
  };
}
