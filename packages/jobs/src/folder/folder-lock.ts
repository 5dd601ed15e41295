import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { jobsError } from "../errors.js";

/**
 * Makes this process the folder's only user, until it ends in any way: the lock is a local socket that it listens on, which
 * the system closes with it. Returns a function that releases the folder. @throws JOBS_FOLDER_IN_USE
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const name = `sunstep-${createHash("sha256").update(resolve(folder)).digest("hex").slice(0, 24)}`;
  const path = process.platform === "win32" ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`);
  const server = await listen(path).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== "EADDRINUSE") throw error;
    if (await isListening(path)) {
      throw jobsError(
        "JOBS_FOLDER_IN_USE",
        `${folder}: another process has this folder open; give each its own`,
        {
          folder,
        },
      );
    }
    await rm(path, { force: true });
    return listen(path);
  });
  return () => new Promise((done) => server.close(() => done()));
}

function listen(path: string): Promise<Server> {
  return new Promise((done, fail) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", fail);
    server.listen(path, () => {
      server.unref();
      done(server);
    });
  });
}

function isListening(path: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      done(true);
    });
    socket.once("error", () => done(false));
  });
}
