// Errors as sentences with recovery actions.

import { SunstepError } from "@sunstep/errors";

/** An action that a click offers after an error. */
export type RecoveryAction = "smaller" | "reload" | "embedded" | "retry";

export interface Problem {
  readonly code: string;
  readonly sentence: string;
  readonly recoveries: readonly RecoveryAction[];
}

/** The part of an error that crosses from a worker. */
export interface ErrorReport {
  readonly code: string;
  readonly message: string;
}

interface Advice {
  /** Replaces the error's own message where that addresses programmers. */
  readonly sentence?: string;
  readonly recoveries: readonly RecoveryAction[];
}

/** Backends report a lost device as a failed run. */
const deviceLost = /\bdevice\b.*\blost\b|\blost\b.*\bdevice\b/i;

const advice: Readonly<Record<string, Advice>> = {
  OUT_OF_MEMORY: {
    sentence: "There was not enough memory for this size. A smaller image needs less.",
    recoveries: ["smaller", "reload"],
  },
  DEVICE_LOST: { sentence: "The graphics device was lost. Your settings are kept.", recoveries: ["reload"] },
  RUN_FAILED: { recoveries: ["retry", "reload"] },
  WORKER_DIED: {
    sentence: "The model stopped unexpectedly. Your settings are kept.",
    recoveries: ["reload", "smaller"],
  },
  PIPELINE_NOT_FINITE: {
    sentence: "The model's numbers overflowed at these settings. Another seed or scheduler usually helps.",
    recoveries: ["retry"],
  },
  PIPELINE_SIZE: { recoveries: ["smaller"] },
  REQUEST_LIMIT: { recoveries: ["smaller"] },
  JOB_QUEUE_FULL: { recoveries: ["retry"] },
  SERVER_UNREACHABLE: {
    sentence: "The server does not answer. Your settings are kept.",
    recoveries: ["retry", "reload"],
  },
  UNAUTHORIZED: {
    sentence: "The server asks for its token. Load this page again to enter it.",
    recoveries: [],
  },
  FILE_NOT_USED: { recoveries: [] },
  SESSION_DISPOSED: { recoveries: ["reload"] },
  DOWNLOAD_FAILED: {
    sentence:
      "The model could not be fetched: there is no connection, and it was not kept on this device yet.",
    recoveries: ["reload"],
  },
};

const byPrefix: readonly (readonly [prefix: string, recoveries: readonly RecoveryAction[]])[] = [
  ["CHECKPOINT_", ["embedded"]],
  ["LORA_", []],
  ["SUN_", []],
  ["IMAGE_", []],
];

/** Describes an error; `otherwise`: recovery actions for codes without their own. */
export function problemOf({ code, message }: ErrorReport, otherwise: readonly RecoveryAction[]): Problem {
  const known = advice[code === "RUN_FAILED" && deviceLost.test(message) ? "DEVICE_LOST" : code];
  const recoveries =
    known?.recoveries ?? byPrefix.find(([prefix]) => code.startsWith(prefix))?.[1] ?? otherwise;
  return { code, sentence: known?.sentence ?? asSentence(message), recoveries };
}

/** True for a cancelled run, which is not a problem to show. */
export function isCancelled({ code }: ErrorReport): boolean {
  return code === "ABORTED";
}

export function reportOf(error: unknown): ErrorReport {
  if (SunstepError.isInstance(error)) return error;
  return { code: "UNEXPECTED", message: error instanceof Error ? error.message : String(error) };
}

function asSentence(message: string): string {
  const text = message.trim() || "Something went wrong";
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
