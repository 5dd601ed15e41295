// Downloads one file, whole or not at all: written beside its target, hashed on the way, resumed after cuts of this run
// or an earlier one, compared with the declared size and hash, and renamed.

import type { Hash } from "node:crypto";
import { type FileHandle, mkdir, open, rm } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { SunstepError } from "@sunstep/errors";
import { flush, moveIntoPlace } from "@sunstep/files/node";
import { registryError } from "../../errors.js";
import type { RequestSubject } from "../../http-error.js";
import { printableUrl } from "../../hub-url.js";
import { type Inspect, whenHeaderArrives } from "../../inspect-header.js";
import type { Checksum } from "../../listed-file.js";
import { requireSpace, writingCache } from "../disk/cache-files.js";
import { errorCode } from "../disk/error-code.js";
import { fileSize } from "../disk/local-files.js";
import { startHash } from "./checksum.js";
import { handleSource } from "./handle-source.js";
import {
  ChangedOnServer,
  checkDeclaredSize,
  continues,
  NotTheBeginning,
  rangeHeaders,
  requireSameVersion,
} from "./partial-response.js";
import { TransientError, withRetries } from "./retries.js";
import type { OpenedResponse, Transport } from "./transport.js";

export interface Downloaded {
  readonly size: number;
  /** Hash of the whole file, by the requested algorithm. */
  readonly hex: string;
}

export interface Download {
  readonly subject: RequestSubject;
  readonly target: string;
  /** Path of the unfinished file; existing bytes are continued. */
  readonly incomplete: string;
  readonly size: number | undefined;
  readonly algorithm: Checksum["algorithm"];
  /** Expected hash. */
  readonly expected: string | undefined;
  /**
   * The strong ETag or date of the file that is being fetched: a server continues only this one (If-Range). Missing
   * with an expected hash: the hash decides. Missing without: never continued.
   */
  readonly validator?: string | undefined;
  /** A response for the whole file that is open already. */
  readonly opened?: OpenedResponse | undefined;
  readonly onProgress: (loaded: number) => void;
  /**
   * Looks at the file when its header has arrived; when the file is whole, if the server does not tell the size. If it
   * throws, the download stops and what was received is removed.
   */
  readonly inspect?: Inspect | undefined;
}

const mostRestarts = 2;

export async function download(transport: Transport, request: Download): Promise<Downloaded> {
  const { incomplete, target } = request;
  let downloaded: Downloaded;
  await writingCache(incomplete, () => mkdir(dirname(incomplete), { recursive: true }));
  for (let restarts = 0; ; restarts++) {
    const file = await writingCache(incomplete, () => openForWriting(incomplete));
    let keep = true;
    try {
      downloaded = await receive(
        transport,
        restarts === 0 ? request : { ...request, opened: undefined },
        file,
      );
      await writingCache(incomplete, () => flush(file));
      break;
    } catch (error) {
      keep = mayBeContinued(error, request);
      if (!(error instanceof NotTheBeginning)) throw error;
      if (restarts === mostRestarts) throw error.error;
    } finally {
      await file.close();
      if (!keep) await rm(incomplete, { force: true });
    }
  }
  await writingCache(target, async () => {
    await mkdir(dirname(target), { recursive: true });
    try {
      await moveIntoPlace(incomplete, target);
    } catch (error) {
      // Another process took our lock for stale, and was faster.
      if (errorCode(error) !== "ENOENT" || (await fileSize(target)) !== downloaded.size) throw error;
    }
  });
  return downloaded;
}

const mayContinue = ({ expected, validator }: Download) => expected !== undefined || validator !== undefined;

/** Codes of errors after which the bytes that were received have no use, or must make room. */
const WORTHLESS = /^(DOWNLOAD_CORRUPT|DISK_FULL|CHECKPOINT_\w+)$/;

/** Tells whether a later run may continue the unfinished file. */
function mayBeContinued(error: unknown, request: Download): boolean {
  if (error instanceof NotTheBeginning || error instanceof ChangedOnServer) return false;
  return mayContinue(request) && !WORTHLESS.test(errorCode(error) ?? "");
}

/** Neither truncates nor appends: should two processes write, they write the same bytes to the same places. */
async function openForWriting(path: string): Promise<FileHandle> {
  const file = await open(path, "a+");
  await file.close();
  return open(path, "r+");
}

async function receive(transport: Transport, request: Download, file: FileHandle): Promise<Downloaded> {
  const { subject, size, onProgress } = request;
  let state = mayContinue(request)
    ? await readBeginning(file, request, transport.options.signal)
    : newState(request);
  let pieced = state.position > 0;
  let opened = pieced ? undefined : request.opened;
  if (pieced) request.opened?.cancel();
  if (size !== undefined) await requireSpace(dirname(request.incomplete), size - state.position);
  if (pieced) onProgress(state.position);
  const source = (bytes: number) => handleSource(file, bytes, basename(new URL(subject.url).pathname));
  const { inspect } = request;
  const look = inspect && size !== undefined ? whenHeaderArrives(source(size), inspect) : undefined;
  const onReceived = async (bytes: number) => {
    await look?.(bytes).catch((error: unknown) => {
      throw pieced && SunstepError.isInstance(error) ? new NotTheBeginning(error) : error;
    });
  };
  await onReceived(state.position);

  let lastFailureAt = state.position;
  await withRetries(
    transport.options,
    subject.url,
    async () => {
      if (size !== undefined && state.position === size && size > 0) return;
      if (!mayContinue(request)) state = newState(request);
      const response =
        opened ?? (await transport.open(subject, rangeHeaders(state.position, request.validator)));
      opened = undefined;
      requireSameVersion(response, request.validator);
      if (!continues(response, state.position, subject)) state = newState(request);
      pieced = state.position > 0;
      checkDeclaredSize(response, state.position, size, subject);
      await writeBody(response, request, file, state, onReceived);
    },
    () => {
      const progressed = state.position >= lastFailureAt + enoughToHope;
      lastFailureAt = state.position;
      return progressed;
    },
  );
  await writingCache(request.incomplete, () => file.truncate(state.position));
  const hex = state.hash.digest("hex");
  requireHash(hex, request, pieced);
  if (size === undefined) await inspect?.(source(state.position));
  return { size: state.position, hex };
}

/** So many bytes between two cuts show that the connection works at times. */
const enoughToHope = 1 << 20;

interface Received {
  position: number;
  hash: Hash;
}

const newState = ({ algorithm, size }: Download): Received => ({
  position: 0,
  hash: startHash(algorithm, size),
});

/** Hashes what an earlier run left. More bytes than the file has cannot be its beginning. */
async function readBeginning(
  file: FileHandle,
  request: Download,
  signal: AbortSignal | undefined,
): Promise<Received> {
  const state = newState(request);
  const stats = await file.stat();
  if (!stats.isFile() || (request.size !== undefined && stats.size > request.size)) return state;
  const buffer = Buffer.allocUnsafe(1 << 20);
  while (state.position < stats.size) {
    signal?.throwIfAborted();
    const { bytesRead } = await file.read(buffer, 0, buffer.length, state.position);
    if (bytesRead === 0) break;
    state.hash.update(buffer.subarray(0, bytesRead));
    state.position += bytesRead;
  }
  return state;
}

async function writeBody(
  response: OpenedResponse,
  { incomplete, onProgress, size, subject }: Download,
  file: FileHandle,
  state: Received,
  onReceived: (bytes: number) => Promise<void>,
): Promise<void> {
  for await (const chunk of response.body) {
    if (size !== undefined && state.position + chunk.length > size) {
      throw registryError(
        "DOWNLOAD_CORRUPT",
        `${printableUrl(subject.url)} sends more than the declared ${size} bytes`,
        {
          url: printableUrl(subject.url),
          size,
        },
      );
    }
    for (let written = 0; written < chunk.length; ) {
      written += (
        await writingCache(incomplete, () =>
          file.write(chunk, written, chunk.length - written, state.position + written),
        )
      ).bytesWritten;
    }
    state.hash.update(chunk);
    state.position += chunk.length;
    await onReceived(state.position);
    onProgress(state.position);
  }
  if (size !== undefined && state.position < size) {
    throw new TransientError(`the connection ended after ${state.position} of ${size} bytes`);
  }
}

function requireHash(actual: string, { algorithm, expected, subject }: Download, pieced: boolean): void {
  if (expected === undefined || actual === expected) return;
  const url = printableUrl(subject.url);
  const error = registryError(
    "DOWNLOAD_CORRUPT",
    `${url} has the ${algorithm} ${actual}, but ${expected} was declared: it was changed or damaged on the way. Run again; if the error persists, the server or a proxy is at fault`,
    { url, actual, expected },
  );
  throw pieced ? new NotTheBeginning(error) : error;
}
