import type { RequestSubject } from "../../http-error.js";
import type { Inspect } from "../../inspect-header.js";
import type { Checksum } from "../../listed-file.js";
import type { OnProgress } from "../../progress.js";
import type { RetryPolicy } from "../../retry.js";

/** A file to download, with its known properties. */
export interface DownloadRequest {
  readonly subject: RequestSubject;
  /** The requested model and the path of this file, for events. */
  readonly name: string;
  readonly file: string;
  /** Expected hash and length, if known. */
  readonly checksum?: Checksum | undefined;
  readonly size?: number | undefined;
  /** True if the URL never changes its contents; then a stored file is not revalidated. */
  readonly immutable?: boolean | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
  readonly retry?: RetryPolicy | undefined;
  /** Looks at the file when its header has arrived. If it throws, the download stops and nothing is kept. */
  readonly inspect?: Inspect | undefined;
}
