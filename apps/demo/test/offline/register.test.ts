import { afterEach, expect, it, vi } from "vitest";
import { isolate, keepForOffline } from "../../src/offline/register.js";

afterEach(() => vi.unstubAllGlobals());

/** A service worker that is being installed; `become` changes its state. */
class ComingWorker extends EventTarget {
  state = "installing";
  readonly asked: unknown[] = [];
  become(state: string): void {
    this.state = state;
    this.dispatchEvent(new Event("statechange"));
  }
  postMessage(device: unknown, [port]: readonly MessagePort[]): void {
    this.asked.push(device);
    port?.postMessage(true);
  }
}

/** Stubs the globals of a page, by default one that is not isolated. */
function page(registration: object | undefined, { isolated = false, kept = new Map<string, string>() } = {}) {
  const reload = vi.fn();
  const register = async () => registration ?? Promise.reject(new Error("refused"));
  vi.stubGlobal("crossOriginIsolated", isolated);
  vi.stubGlobal("location", { reload });
  vi.stubGlobal("sessionStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  });
  vi.stubGlobal("navigator", { serviceWorker: { register, getRegistration: async () => registration } });
  return { reload };
}

it("reloads the page exactly once, when the service worker is active", async () => {
  const worker = new ComingWorker();
  const kept = new Map<string, string>();
  const { reload } = page({ installing: worker }, { kept });
  const begun = isolate();
  await new Promise((resolve) => setTimeout(resolve));
  expect(reload).not.toHaveBeenCalled();
  worker.become("activated");
  expect(await begun).toBe(false);
  expect(reload).toHaveBeenCalledOnce();
  page({ active: worker }, { kept });
  expect(await isolate()).toBe(true);
});

it("reloads a page that bypassed the service worker", async () => {
  const { reload } = page({ active: new ComingWorker() });
  expect(await isolate()).toBe(false);
  expect(reload).toHaveBeenCalledOnce();
});

it("continues with one thread without a service worker", async () => {
  page(undefined);
  expect(await isolate()).toBe(true);
  const worker = new ComingWorker();
  page({ installing: worker });
  const begun = isolate();
  setTimeout(() => worker.become("redundant"));
  expect(await begun).toBe(true);
  vi.stubGlobal("navigator", {});
  expect(await isolate()).toBe(true);
  expect(await keepForOffline("wasm")).toBe(false);
});

it("does not reload the page where storage is denied", async () => {
  const { reload } = page({ active: new ComingWorker() });
  vi.stubGlobal("sessionStorage", {
    getItem() {
      throw new DOMException("denied", "SecurityError");
    },
  });
  expect(await isolate()).toBe(true);
  expect(reload).not.toHaveBeenCalled();
});

it("resolves when the service worker has stored every file", async () => {
  const worker = new ComingWorker();
  page({ active: worker }, { isolated: true });
  expect(await keepForOffline("webgpu")).toBe(true);
  expect(worker.asked).toEqual(["webgpu"]);
});
