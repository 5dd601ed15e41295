// Stores the site's files for offline use, and adds the headers that static hosts cannot send: cross-origin isolation,
// which allows threads, and the Content-Security-Policy.

import { securityHeaders } from "./headers.js";
import { fileAt, isNeeded, isShell, keyOf, rangeOf, type ServedFile } from "./served-files.js";

/** The used part of a service worker's scope: TypeScript's WebWorker types conflict with the DOM's. */
interface ExtendableEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface FetchEvent extends ExtendableEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
interface ServiceWorkerScope {
  readonly registration: { readonly scope: string };
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: "install" | "activate", listener: (event: ExtendableEvent) => void): void;
  addEventListener(type: "fetch", listener: (event: FetchEvent) => void): void;
  addEventListener(type: "message", listener: (event: ExtendableEvent & MessageEvent) => void): void;
}

/** Defined by the build. */
declare const SERVED_FILES: readonly ServedFile[];

const worker = globalThis as unknown as ServiceWorkerScope;
const { scope } = worker.registration;
const opened = caches.open("sunstep");

worker.addEventListener("install", (event) => {
  event.waitUntil(keepAll(SERVED_FILES.filter(isShell)).then(() => worker.skipWaiting()));
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(forgetOthers().then(() => worker.clients.claim()));
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method === "GET" && request.url.startsWith(new URL(scope).origin)) {
    event.respondWith(respond(request));
  }
});

/** Stores every file that the page's device needs, and reports whether that succeeded. */
worker.addEventListener("message", (event) => {
  const [port] = event.ports;
  event.waitUntil(
    keepAll(SERVED_FILES.filter((file) => isNeeded(file, event.data))).then(
      () => port?.postMessage(true),
      () => port?.postMessage(false),
    ),
  );
});

async function respond(request: Request): Promise<Response> {
  const file = fileAt(request.url, scope, SERVED_FILES);
  if (!file) return secured(await fetch(request));
  const range = rangeOf(request.headers.get("Range"), file.size);
  const whole = await get(file);
  if (!range || !whole.ok) return secured(whole);
  const part = (await whole.blob()).slice(range.start, range.end + 1);
  return secured(
    new Response(part, {
      status: 206,
      headers: {
        "Content-Type": whole.headers.get("Content-Type") ?? "application/octet-stream",
        "Content-Range": `bytes ${range.start}-${range.end}/${file.size}`,
      },
    }),
  );
}

/** Returns the stored file, or fetches and stores it. */
async function get(file: ServedFile): Promise<Response> {
  const cache = await opened;
  const key = keyOf(file, scope);
  const kept = await cache.match(key);
  if (kept) return kept;
  const response = await fetch(new URL(file.path, scope), { cache: "no-cache" });
  // Without space for the file, the page still works online.
  if (response.ok) cache.put(key, response.clone()).catch(() => undefined);
  return response;
}

async function keepAll(files: readonly ServedFile[]): Promise<void> {
  const cache = await opened;
  for (const file of files) {
    const key = keyOf(file, scope);
    if (await cache.match(key)) continue;
    const response = await fetch(new URL(file.path, scope), { cache: "no-cache" });
    if (!response.ok) throw new Error(`${file.path}: ${response.status}`);
    await cache.put(key, response);
  }
}

async function forgetOthers(): Promise<void> {
  const cache = await opened;
  const wanted = new Set(SERVED_FILES.map((file) => keyOf(file, scope)));
  for (const { url } of await cache.keys()) if (!wanted.has(url)) await cache.delete(url);
}

function secured(response: Response): Response {
  // Headers of opaque and error responses cannot be changed.
  if (response.type === "opaque" || response.type === "error" || response.status === 0) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(securityHeaders)) headers.set(name, value);
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}
