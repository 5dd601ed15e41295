import type { Acceleration } from "./acceleration.js";
import type { RequestSettings } from "./request-settings.js";

/** A request with every choice made: the same request makes the same images. */
export interface Request extends RequestSettings {
  /** The acceleration in use. */
  readonly acceleration?: Acceleration;
}
