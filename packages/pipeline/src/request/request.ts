import type { Acceleration } from "../acceleration.js";
import type { NegativeUse } from "../negative/negative-method.js";
import type { RequestSettings } from "./request-settings.js";

/** A request with every choice made: the same request makes the same images. */
export interface Request extends RequestSettings {
  /** The acceleration in use. */
  readonly acceleration?: Acceleration;
  /** The method that reads negative prompts in the network's attention. */
  readonly negative?: NegativeUse;
}
