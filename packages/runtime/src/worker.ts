// For backends whose sessions live in a worker: both sides of what does not depend on the kind of worker.
export type { KeptInWorker, SessionCalls, SessionLink } from "./worker/calls.js";
export { fromPortableError, type PortableError, toPortableError } from "./worker/portable-error.js";
export { RemoteSession } from "./worker/remote-session.js";
export { keepTensor } from "./worker/remote-tensor.js";
export { type LocalSession, type NativeTensors, SessionHost } from "./worker/session-host.js";
export { untilAborted } from "./worker/until-aborted.js";
