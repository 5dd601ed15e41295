import { registryError } from "../../errors.js";
import { httpError } from "../../http-error.js";
import { printableUrl } from "../../hub-url.js";
import { type Inspect, whenHeaderArrives } from "../../inspect-header.js";
import { isTransientStatus } from "../../retry.js";
import { bodyLength } from "../fetch-file.js";
import type { DownloadRequest } from "./download-request.js";
import { hashBlob } from "./hash.js";
import type { PartStore, StoredFile } from "./part-store.js";
import { makeRoom } from "./storage-room.js";

/** Bytes collected in memory before they are stored as a part. */
const PART_BYTES = 32 << 20;

/** The connection was cut, or the server is busy: a retry may succeed. */
export class Cut extends Error {
  readonly retryAfter: string | null;

  constructor(message: string, retryAfter: string | null = null) {
    super(message);
    this.retryAfter = retryAfter;
  }
}

/** Tries a download once, in memory if there is no store. Throws `Cut` if a retry may bring more. */
export async function fetchIntoStore(request: DownloadRequest, store: PartStore | undefined): Promise<Blob> {
  const { subject, name, file, checksum, immutable, signal, inspect, onProgress = () => undefined } = request;
  onProgress({ status: "initiate", name, file });
  const stored = await store?.about();
  const contents = (await store?.contents()) ?? new Blob();
  const done = (blob: Blob) => {
    onProgress({ status: "done", name, file });
    return blob;
  };
  if (stored?.complete && immutable) return done(contents);
  const response = await ask(request, stored && !stored.complete ? contents.size : 0);
  const version = response.headers.get("etag") ?? response.headers.get("last-modified") ?? undefined;
  const isSame = stored !== undefined && version !== undefined && stored.version === version;
  if (isSame && stored.complete) {
    await response.body?.cancel();
    return done(contents);
  }
  const have = response.status === 206 && (isSame || checksum !== undefined) ? contents.size : 0;
  if (response.status === 206 && have === 0) {
    await response.body?.cancel();
    await store?.clear();
    throw new Cut("the stored part may be of another version of the file");
  }
  const length = bodyLength(response);
  const size = request.size ?? (length === undefined ? undefined : length + have);
  const about: StoredFile = {
    url: printableUrl(subject.url),
    complete: false,
    ...(size !== undefined && { size }),
    ...(version !== undefined && { version }),
  };
  if (store && have === 0) {
    await store.clear();
    if (size !== undefined) await makeRoom(size, file);
    await store.describe(about);
  }
  const total = size !== undefined ? { total: size } : {};
  onProgress({ status: "download", name, file, ...total });
  const blob = await receive(response, store, {
    report: (received) => onProgress({ status: "progress", name, file, loaded: have + received, ...total }),
    // The beginning that an earlier run stored was inspected then.
    ...(have === 0 && size !== undefined && { inspect, name: file, size }),
  });
  if (size !== undefined && blob.size < size) throw new Cut(`it ended after ${blob.size} of ${size} bytes`);
  const problem = await mismatch(blob, size, checksum, signal);
  if (problem) {
    await store?.clear();
    throw registryError("DOWNLOAD_CORRUPT", `${about.url}: ${problem}. It was removed; try again`, {
      url: about.url,
    });
  }
  await store?.describe({ ...about, complete: true });
  return done(blob);
}

async function ask(request: DownloadRequest, have: number): Promise<Response> {
  const { subject, headers, signal } = request;
  let response: Response;
  try {
    response = await fetch(subject.url, {
      headers: { ...headers, ...(have > 0 && { range: `bytes=${have}-` }) },
      // The browser's HTTP cache would hold a second copy.
      cache: "no-store",
      ...(signal && { signal }),
    });
  } catch (error) {
    throw new Cut(String(error));
  }
  // The stored parts are longer than the file, hence of another version.
  if (response.status === 416 && have > 0) return ask(request, 0);
  if (isTransientStatus(response.status))
    throw new Cut(`HTTP ${response.status}`, response.headers.get("retry-after"));
  if (!response.ok) throw httpError(response.status, response.headers, subject);
  return response;
}

interface ReceiveOptions {
  readonly report: (received: number) => void;
  /** Looks at the file, of this name and size, once its header is there. */
  readonly inspect?: Inspect | undefined;
  readonly name?: string;
  readonly size?: number;
}

/** Stores the body part by part, also the parts before a cut or an abort; nothing of a file that `inspect` refuses. */
async function receive(
  response: Response,
  store: PartStore | undefined,
  { report, inspect, name = "", size = 0 }: ReceiveOptions,
): Promise<Blob> {
  let held: Uint8Array<ArrayBuffer>[] = [];
  let heldBytes = 0;
  let received = 0;
  const flush = async () => {
    if (!store || heldBytes === 0) return;
    await store.append(new Blob(held));
    held = [];
    heldBytes = 0;
  };
  const read = async (offset: number, length: number) =>
    new Uint8Array(await new Blob(held).slice(offset, offset + length).arrayBuffer());
  const look = inspect ? whenHeaderArrives({ name, size, read }, inspect) : undefined;
  const reader = response.body!.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        throw new Cut(String(error));
      });
      if (done) break;
      held.push(value);
      heldBytes += value.byteLength;
      received += value.byteLength;
      report(received);
      if (look && received === heldBytes) {
        await look(received).catch((error: unknown) => {
          held = [];
          heldBytes = 0;
          throw error;
        });
      }
      if (heldBytes >= PART_BYTES) await flush();
    }
  } catch (error) {
    // After a failure to store, the rest is not downloaded.
    reader.cancel().catch(() => undefined);
    throw error;
  } finally {
    await flush();
  }
  return store ? store.contents() : new Blob(held);
}

async function mismatch(
  blob: Blob,
  size: number | undefined,
  checksum: DownloadRequest["checksum"],
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  if (size !== undefined && blob.size !== size)
    return `${blob.size} bytes were received, ${size} were declared`;
  if (!checksum) return undefined;
  const hex = await hashBlob(blob, checksum.algorithm, signal);
  return hex === checksum.hex ? undefined : `its ${checksum.algorithm} is ${hex}, not ${checksum.hex}`;
}
