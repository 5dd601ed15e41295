// The server's answers, as far as the page reads them.

import type { ModelInfo } from "../../state/model.js";

/** GET /models/NAME */
export interface ModelDescription
  extends Pick<ModelInfo, "name" | "architecture" | "backend" | "defaults" | "warnings"> {
  /** The few-step method that it uses. */
  readonly acceleration?: string;
}

/** Events of POST /v1/images/generations and /edits with `stream` and `progress`. */
export type ServerEvent =
  | {
      readonly stage: string;
      readonly step: number;
      readonly steps: number;
      /** PNG in base64. */
      readonly preview?: string;
    }
  | {
      /** PNG in base64. */
      readonly b64_json: string;
      readonly width: number;
      readonly height: number;
      readonly parameters: string;
      readonly evaluations: number;
      readonly milliseconds: number;
    };
