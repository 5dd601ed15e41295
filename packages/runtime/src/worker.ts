// For backends whose sessions live in a worker, of Node or of a browser: both sides of it but the engine.

export type { Order, Reply } from "./worker/calls.js";
export type { OpenSource, PortableSource, SizeOf } from "./worker/portable-model.js";
export { probe } from "./worker/probe.js";
export {
  type HostPort,
  type PrepareContext,
  type PreparedModel,
  type ServeOptions,
  serveSessions,
  type WorkerEngine,
} from "./worker/serve-sessions.js";
export type { LocalSession, NativeTensors } from "./worker/session-host.js";
export { sessionSpecs } from "./worker/session-specs.js";
export { WorkerClient, type WorkerPort } from "./worker/worker-client.js";
export { startWorkerRuntime, type WorkerBackend } from "./worker/worker-runtime.js";
