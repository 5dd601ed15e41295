import { isMainThread } from "node:worker_threads";

/** The variable that onnxruntime-node reads once, when its first session is made (its docs/Privacy.md). */
const VARIABLE = "ORT_DISABLE_TELEMETRY";

/** Threads usually see a copy of the environment: a value set there does not reach native code. */
const unreachable = !isMainThread && process.env[VARIABLE] === undefined;

/** Turns ONNX Runtime's telemetry off for this process and its children, unless the user decided already. */
export function disableTelemetry(): void {
  process.env[VARIABLE] ??= "1";
}

/** The reason why `disableTelemetry` may have no effect. */
export function telemetryWarning(): string | undefined {
  if (!unreachable) return undefined;
  return (
    `ONNX Runtime may report its use to Microsoft, because a thread cannot change the environment of its process: ` +
    `start Node with ${VARIABLE}=1, or start this thread with \`env: SHARE_ENV\``
  );
}
