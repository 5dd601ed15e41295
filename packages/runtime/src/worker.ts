// For backends whose sessions live in a worker of Node or of a browser: both sides of it except the engine.

export type { LocalSession, NativeTensors, PreparedModel } from "./worker/loaded-model.js";
export type { OpenSource, PortableSource, SizeOf } from "./worker/portable-model.js";
export { probe } from "./worker/probe.js";
export type { Request, Response } from "./worker/protocol.js";
export { type HostPort, type ServeOptions, serveSessions } from "./worker/serve-sessions.js";
export { sessionSpecs } from "./worker/session-specs.js";
export { weightBytes } from "./worker/weight-bytes.js";
export { WorkerClient, type WorkerPort } from "./worker/worker-client.js";
export type { PrepareContext, WorkerEngine } from "./worker/worker-engine.js";
export { startWorkerRuntime, type WorkerBackend } from "./worker/worker-runtime.js";
