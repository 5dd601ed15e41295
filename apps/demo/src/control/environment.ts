import type { RunningEngine } from "../engine/client.js";

/** The browser's side effects that the controls need; tests pass in their own. */
export interface Environment {
  startEngine(): RunningEngine;
  /** Milliseconds since 1970. */
  now(): number;
  createUrl(blob: Blob): string;
  /** Resolves when an element can show the image without a gap. */
  loadImage(url: string): Promise<void>;
  revokeUrl(url: string): void;
}
