import type { RunningEngine } from "../engine/client.js";

/** The browser's side effects that the controls need; tests pass in their own. */
export interface Environment {
  startEngine(): RunningEngine;
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves when an element can show the image without a gap. */
  createUrl(image: Blob): Promise<string>;
  revokeUrl(url: string): void;
}
