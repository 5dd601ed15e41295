// Errors as sentences with a way on.

import { SunstepError } from "@sunstep/errors";

/** What a click can do about it. */
export type WayOn = "smaller" | "reload" | "embedded" | "retry";

export interface Problem {
  readonly code: string;
  readonly sentence: string;
  readonly waysOn: readonly WayOn[];
}

/** As much of an error as crosses from a worker. */
export interface ErrorReport {
  readonly code: string;
  readonly message: string;
}

interface Advice {
  /** In place of the error's own message, where that speaks to programmers. */
  readonly sentence?: string;
  readonly waysOn: readonly WayOn[];
}

/** Backends report it as a failed run. */
const deviceLost = /\bdevice\b.*\blost\b|\blost\b.*\bdevice\b/i;

const advice: Readonly<Record<string, Advice>> = {
  OUT_OF_MEMORY: {
    sentence: "There was not enough memory for this size. A smaller picture needs less.",
    waysOn: ["smaller", "reload"],
  },
  DEVICE_LOST: { sentence: "The graphics device was lost. Your settings are kept.", waysOn: ["reload"] },
  RUN_FAILED: { waysOn: ["retry", "reload"] },
  WORKER_DIED: {
    sentence: "The model stopped unexpectedly. Your settings are kept.",
    waysOn: ["reload", "smaller"],
  },
  PIPELINE_NOT_FINITE: {
    sentence: "The model's numbers overflowed at these settings. Another seed or scheduler usually helps.",
    waysOn: ["retry"],
  },
  PIPELINE_SIZE: { waysOn: ["smaller"] },
  FILE_NOT_USED: { waysOn: [] },
  SESSION_DISPOSED: { waysOn: ["reload"] },
  DOWNLOAD_FAILED: {
    sentence:
      "The model could not be fetched: there is no connection, and it was not kept on this device yet.",
    waysOn: ["reload"],
  },
};

const byPrefix: readonly (readonly [prefix: string, waysOn: readonly WayOn[]])[] = [
  ["CHECKPOINT_", ["embedded"]],
  ["LORA_", []],
  ["SUN_", []],
  ["IMAGE_", []],
];

/** What to say about an error; `otherwise`: what can be done where nothing better is known. */
export function problemOf({ code, message }: ErrorReport, otherwise: readonly WayOn[]): Problem {
  const known = advice[code === "RUN_FAILED" && deviceLost.test(message) ? "DEVICE_LOST" : code];
  const waysOn = known?.waysOn ?? byPrefix.find(([prefix]) => code.startsWith(prefix))?.[1] ?? otherwise;
  return { code, sentence: known?.sentence ?? asSentence(message), waysOn };
}

/** Cancelling is not a problem. */
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
