const reloaded = "reloaded-for-isolation";

/**
 * Registers the service worker. False: the page is loaded again, since the host does not isolate pages and the service
 * worker does; nothing should be begun. Without isolation WebAssembly has one thread.
 */
export async function isolate(): Promise<boolean> {
  if (!navigator.serviceWorker) return true;
  const registered = navigator.serviceWorker.register("./sw.js").then(
    () => true,
    () => false,
  );
  if (crossOriginIsolated || sessionStorage.getItem(reloaded)) return true;
  if (!(await registered)) return true;
  await controlled();
  sessionStorage.setItem(reloaded, "yes");
  location.reload();
  return false;
}

/** Has everything kept that the page needs on this device; true once it is. */
export async function keepForOffline(device: "webgpu" | "wasm"): Promise<boolean> {
  if (!navigator.serviceWorker) return false;
  await controlled();
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = ({ data }) => resolve(data === true);
    navigator.serviceWorker.controller?.postMessage(device, [port2]);
  });
}

function controlled(): Promise<void> {
  const { serviceWorker } = navigator;
  if (serviceWorker.controller) return Promise.resolve();
  return new Promise((resolve) =>
    serviceWorker.addEventListener("controllerchange", () => resolve(), { once: true }),
  );
}
