import type { ByteSource } from "@sunstep/files";

export interface ReadOnnxOptions {
  /** Opens a file of external weights that lies beside the model; undefined where there is none. */
  readonly open?: (location: string) => Promise<ByteSource | undefined>;
  /** The file's name, for error messages. */
  readonly file?: string;
  /** The file that the bytes are: weights of more than 1 MiB in it are then external data there, and hold no memory. */
  readonly source?: ByteSource;
}
