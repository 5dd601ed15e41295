const reloaded = "reloaded-for-isolation";

/**
 * Registers the service worker. False: the page is loaded again, since the host does not isolate pages and the service
 * worker does; nothing should be begun. Without isolation WebAssembly has one thread.
 */
export async function isolate(): Promise<boolean> {
  const registered = navigator.serviceWorker?.register("./sw.js").catch(() => undefined);
  if (crossOriginIsolated || wasReloaded()) return true;
  if (!(await runningWorker(await registered))) return true;
  sessionStorage.setItem(reloaded, "yes");
  location.reload();
  return false;
}

/** Has everything kept that the page needs on this device; true once it is. */
export async function keepForOffline(device: "webgpu" | "wasm"): Promise<boolean> {
  const worker = await runningWorker(await navigator.serviceWorker?.getRegistration());
  if (!worker) return false;
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = ({ data }) => resolve(data === true);
    worker.postMessage(device, [port2]);
  });
}

/** Once is enough; a browser that keeps nothing of the page would go on for ever. */
function wasReloaded(): boolean {
  try {
    return sessionStorage.getItem(reloaded) !== null;
  } catch {
    return true;
  }
}

/**
 * The service worker, once it is installed and runs; undefined where it cannot be installed, for want of storage or of one
 * of its files. Whether it serves the page that asks is not looked at: of a page that was loaded past it, with the shift
 * key held, it never does.
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
