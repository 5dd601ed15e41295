// The entry of the thread that holds the sessions, and of the processes that prepare models: one file, so that bundlers
// have one to copy.
import { isMainThread } from "node:worker_threads";

// onnxruntime-node is imported when it is needed: where it has no binary, the thread must live to say so.
if (isMainThread) (await import("./prepared/prepare-process.js")).serveTasks();
else (await import("./serve-thread.js")).serveThread();
