import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openFolderQueue, type QueueOptions } from "@sunstep/jobs";
import { afterAll } from "vitest";
import { type AppOptions, createApp } from "../src/app.js";
import { openPainter, type ServerValues } from "../src/open-painter.js";

export interface StartOptions extends Omit<AppOptions, "queue"> {
  readonly values?: ServerValues;
  readonly queue?: QueueOptions;
}

/** Starts a server with the embedded model, for all tests of a file. */
export async function startServer({ values = {}, queue: bounds = {}, ...rest }: StartOptions = {}) {
  const folder = await mkdtemp(join(tmpdir(), "sunstep-server-"));
  const queue = await openFolderQueue(folder, bounds);
  const { worker, pool, library } = await openPainter({ threads: 1, ...values });
  await queue.serve(worker);
  const app = await createApp({ queue, refresh: () => library.refresh(), ...rest });
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  afterAll(async () => {
    app.server.closeAllConnections();
    await app.close();
    await queue.close();
    await pool.dispose();
    await rm(folder, { recursive: true, force: true });
  });
  const post = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(url + path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  };
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(url + path, { headers });
    return { status: response.status, headers: response.headers, body: await response.json() };
  };
  return { url, app, queue, post, get };
}
