import type { RunningEngine } from "../engine/client.js";

/** What of the browser the controls need, so that tests can bring their own. */
export interface Surroundings {
  startEngine(): RunningEngine;
  /** Milliseconds since 1970. */
  now(): number;
  createUrl(blob: Blob): string;
  revokeUrl(url: string): void;
}
