#!/usr/bin/env node
import { createConsole } from "@sunstep/command-line";
import { runServer } from "./run-server.js";

const controller = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) {
  process.on(name, () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  });
}
process.exitCode = await runServer(process.argv.slice(2), {
  console: createConsole(process.stdout, process.stderr),
  signal: controller.signal,
});
