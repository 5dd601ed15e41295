import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";

export interface StaticServer {
  /** "http://localhost:PORT/" */
  readonly url: string;
  close(): Promise<void>;
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".wasm": "application/wasm",
  ".png": "image/png",
  ".svg": "image/svg+xml",
};

/** Headers that isolate a page, so that WebAssembly may use threads. */
const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

export interface ServeOptions {
  /** Default true. */
  readonly isolated?: boolean;
}

/** Serves folders on loopback, each under its prefix: { "/": dist, "/emoji/": model }. */
export async function serveFolders(
  folders: Readonly<Record<string, string>>,
  { isolated = true }: ServeOptions = {},
): Promise<StaticServer> {
  const prefixes = Object.keys(folders).sort((a, b) => b.length - a.length);
  const server = createServer(({ url = "/", method }, response) => {
    const path = normalize(decodeURIComponent(new URL(url, "http://localhost").pathname));
    const prefix = prefixes.find((start) => path.startsWith(start));
    const asked = prefix === undefined ? undefined : join(folders[prefix]!, path.slice(prefix.length));
    const file = asked?.endsWith("/") || asked === folders["/"] ? join(asked!, "index.html") : asked;
    const info = file === undefined ? undefined : statSync(file, { throwIfNoEntry: false });
    if (!file || !info?.isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      "Content-Type": types[extname(file)] ?? "application/octet-stream",
      "Content-Length": info.size,
      "Cache-Control": "no-cache",
      ...(isolated && isolation),
    });
    if (method === "HEAD") response.end();
    else createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
