// The page of the download tests: resolves models and tells about them in plain data.
import { SunstepError } from "@sunstep/errors";
import type { ProgressEvent } from "../../src/index.js";
import { clearDownloads, resolveWebModel, type WebResolveOptions } from "../../src/web.js";

export interface Resolved {
  /** Size and sha256 of each file. */
  readonly files: Readonly<Record<string, { readonly size: number; readonly sha256: string }>>;
  readonly events: readonly ProgressEvent[];
}

export interface Failed {
  readonly code: string;
  readonly message: string;
  readonly details: unknown;
}

async function sha256Of(blob: Blob): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export const registryPage = {
  clear: clearDownloads,

  /** `abortAfter`: bytes of one file after which the download is cancelled. */
  async resolve(
    model: string,
    { abortAfter = Number.POSITIVE_INFINITY, ...options }: WebResolveOptions & { abortAfter?: number },
  ): Promise<Resolved | Failed> {
    const events: ProgressEvent[] = [];
    const controller = new AbortController();
    const onProgress = (event: ProgressEvent) => {
      events.push(event);
      if (event.status === "progress" && event.loaded >= abortAfter) controller.abort();
    };
    try {
      const { signal } = controller;
      const retry = { retries: 2, delay: 1 };
      const found = await resolveWebModel(model, { retry, ...options, signal, onProgress });
      const blobs = found.kind === "file" ? { [found.name]: found.blob } : found.files;
      const described = Object.entries(blobs).map(
        async ([path, blob]) => [path, { size: blob.size, sha256: await sha256Of(blob) }] as const,
      );
      return { files: Object.fromEntries(await Promise.all(described)), events };
    } catch (error) {
      const { message } = error as Error;
      if (!SunstepError.isInstance(error)) return { code: (error as Error).name, message, details: {} };
      return { code: error.code, message, details: JSON.parse(JSON.stringify(error.details)) };
    }
  },
};

Object.assign(globalThis, { registryPage });
