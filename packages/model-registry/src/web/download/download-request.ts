import type { RequestSubject } from "../../http-error.js";
import type { Inspect } from "../../inspect-header.js";
import type { Checksum } from "../../listed-file.js";
import type { OnProgress } from "../../progress.js";
import type { RetryPolicy } from "../../retry.js";

/** A file to download, and what is known of it. */
export interface DownloadRequest {
  readonly subject: RequestSubject;
  /** For events: what was asked for, and which of its files this is. */
  readonly name: string;
  readonly file: string;
  /** What the contents must hash to, and how many bytes they are, where that is known. */
  readonly checksum?: Checksum | undefined;
  readonly size?: number | undefined;
  /** Whether the address never stands for other contents: then what is stored is not asked after. */
  readonly immutable?: boolean | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
  readonly retry?: RetryPolicy | undefined;
  /** Looks at the file when its header has arrived. If it throws, the download stops and nothing is kept. */
  readonly inspect?: Inspect | undefined;
}
