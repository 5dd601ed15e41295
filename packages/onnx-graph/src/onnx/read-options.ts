import type { ExternalSource } from "../model.js";

export interface ReadOnnxOptions {
  /** Opens a file of external weights that lies beside the model; undefined where there is none. */
  readonly open?: (location: string) => Promise<ExternalSource | undefined>;
  /** The file's name, for error messages. */
  readonly file?: string;
}
