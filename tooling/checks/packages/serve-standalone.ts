import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { openPage } from "./open-page.js";
import { isPng } from "./run-node.js";

const STARTS_WITHIN = 60_000;

/**
 * Moves Next's standalone output away from the installed packages, as a container has it, starts it, and requests an
 * image of its route and its page. Returns a problem, if any.
 */
export async function serveStandalone(place: string): Promise<string | undefined> {
  const away = mkdtempSync(join(tmpdir(), "sunstep-standalone-"));
  // Below it, the app is where it was below the folder of package-lock.json.
  const app = join(away, "standalone/consumers/next");
  renameSync(join(place, ".next/standalone"), join(away, "standalone"));
  cpSync(join(place, ".next/static"), join(app, ".next/static"), { recursive: true });
  const port = await freePort();
  const server = spawn(process.execPath, ["server.js"], {
    cwd: app,
    env: { ...process.env, HOSTNAME: "127.0.0.1", PORT: String(port), NEXT_TELEMETRY_DISABLED: "1" },
    stdio: ["ignore", "ignore", "inherit"],
  });
  try {
    const url = `http://127.0.0.1:${port}/`;
    const image = await request(`${url}image?prompt=a+red+apple`, server);
    const bytes = Buffer.from(await image.arrayBuffer());
    if (!isPng(bytes)) return `GET /image: ${image.status} ${bytes.toString("utf8", 0, 200)}`;
    // It falls back to WebAssembly where the native library was left out.
    const backend = image.headers.get("X-Backend");
    return backend?.endsWith("(cpu)") ? await openPage(url) : `GET /image: made by ${backend}`;
  } catch (error) {
    return (error as Error).message;
  } finally {
    server.kill();
    rmSync(away, { recursive: true });
  }
}

/** Requests an address of a server that is starting. */
async function request(url: string, server: ChildProcess): Promise<Response> {
  for (const begin = Date.now(); ; await setTimeout(200)) {
    try {
      return await fetch(url);
    } catch (error) {
      if (server.exitCode !== null || Date.now() - begin > STARTS_WITHIN) throw error;
    }
  }
}

/** Returns a port that no program listens on. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" ? address!.port : 0));
    });
  });
}
