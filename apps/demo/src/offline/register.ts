const reloaded = "reloaded-for-isolation";

/**
 * Registers the service worker. Returns false if the page is being reloaded to become cross-origin isolated through the
 * service worker; the caller must then start nothing. Without isolation WebAssembly has one thread.
 */
export async function isolate(): Promise<boolean> {
  const registered = navigator.serviceWorker?.register("./sw.js").catch(() => undefined);
  if (crossOriginIsolated || wasReloaded()) return true;
  if (!(await runningWorker(await registered))) return true;
  sessionStorage.setItem(reloaded, "yes");
  location.reload();
  return false;
}

/** Stores every file that the page needs on this device. Resolves to false where that fails. */
export async function keepForOffline(device: "webgpu" | "wasm"): Promise<boolean> {
  const worker = await runningWorker(await navigator.serviceWorker?.getRegistration());
  if (!worker) return false;
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = ({ data }) => resolve(data === true);
    worker.postMessage(device, [port2]);
  });
}

/** True after one reload, and where storage is denied: the page would otherwise reload for ever. */
function wasReloaded(): boolean {
  try {
    return sessionStorage.getItem(reloaded) !== null;
  } catch {
    return true;
  }
}

/**
 * Resolves to the active service worker, or to undefined if it cannot be installed (no storage, or a missing file). The
 * worker need not control this page: it never controls a page that was reloaded with the shift key held.
 */
function runningWorker(
  registration: ServiceWorkerRegistration | undefined,
): Promise<ServiceWorker | undefined> {
  const coming = registration?.installing ?? registration?.waiting;
  if (registration?.active || !coming) return Promise.resolve(registration?.active ?? undefined);
  return new Promise((resolve) => {
    const look = () => {
      if (coming.state === "activated") resolve(coming);
      if (coming.state === "redundant") resolve(undefined);
    };
    coming.addEventListener("statechange", look);
    look();
  });
}
