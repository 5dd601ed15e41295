import { SunstepError } from "@sunstep/errors";
import type { Engine, EngineMethods } from "./engine.js";
import { connect } from "./remote.js";

/** An engine that can be terminated with everything it holds. */
export interface RunningEngine {
  readonly engine: Engine;
  stop(): void;
}

/** Starts the worker that holds the model, so that no computation blocks the page. */
export function startEngine(): RunningEngine {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "engine" });
  const { remote, fail } = connect<EngineMethods>(worker);
  worker.addEventListener("error", ({ message }) => {
    fail(new SunstepError("WORKER_DIED", message || "the engine's worker could not be started"));
  });
  return {
    engine: remote,
    stop() {
      worker.terminate();
      fail(new SunstepError("ABORTED", "the engine was stopped"));
    },
  };
}
