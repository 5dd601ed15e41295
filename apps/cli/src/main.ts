#!/usr/bin/env node
import { setTimeout as delay } from "node:timers/promises";
import { createConsole } from "@sunstep/command-line";
import { runCli } from "./run-cli.js";

/** Milliseconds that a cancelled command may take to clean up. */
const GRACE = 1000;
const signals = { SIGINT: 130, SIGTERM: 143 } as const;

const console = createConsole(process.stdout, process.stderr);
const controller = new AbortController();
let isWaitedFor = false;
const endsByItself = () => {
  isWaitedFor = true;
};
const running = runCli(process.argv.slice(2), { console, signal: controller.signal, endsByItself });

for (const [name, code] of Object.entries(signals)) {
  process.on(name, () => {
    if (controller.signal.aborted) process.exit(code);
    controller.abort();
    // A running network evaluation cannot be stopped. Files are written whole or not at all.
    const ended = isWaitedFor ? running : Promise.race([running, delay(GRACE)]);
    void ended.then(() => {
      console.note("cancelled");
      process.exit(code);
    });
  });
}
// The reader of a pipe may close it early.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

process.exitCode = await running;
