import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const SECONDS_TO_START = 60;

/** A README's command line for a program that serves until it is stopped, and the request that it names. */
export interface ServiceExample {
  readonly line: string;
  readonly url: string;
  readonly body: string;
}

/** Starts the service with a home of its own, sends the request, and stops it. Returns a problem, if any. */
export async function tryService(
  { line, url, body }: ServiceExample,
  place: string,
): Promise<string | undefined> {
  const env = { ...process.env, XDG_CACHE_HOME: join(place, "cache") };
  const service = spawn("sh", ["-c", line], {
    cwd: place,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let output = "";
  for (const stream of [service.stdout, service.stderr])
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
  try {
    const response = await firstResponse(url, body, () => service.exitCode === null);
    if (response?.ok) return undefined;
    return `${url} gives ${response ? `HTTP ${response.status}: ${await response.text()}` : "no answer"}\n${output}`;
  } finally {
    // The whole group: npx starts the program through a shell.
    if (service.exitCode === null) process.kill(-service.pid!, "SIGKILL");
  }
}

/** Undefined if the service ended, or does not listen in time. */
async function firstResponse(
  url: string,
  body: string,
  isRunning: () => boolean,
): Promise<Response | undefined> {
  for (let second = 0; second < SECONDS_TO_START && isRunning(); second++) {
    const headers = { "content-type": "application/json" };
    const response = await fetch(url, { method: "POST", headers, body }).catch(() => undefined);
    if (response) return response;
    await delay(1000);
  }
  return undefined;
}
