import { SunstepError } from "@sunstep/errors";
import { EventSourceParserStream } from "eventsource-parser/stream";

export type Http = (path: string, init?: RequestInit) => Promise<Response>;

interface ServerError {
  readonly error?: { readonly code?: string; readonly message?: string };
}

/**
 * Reads a response's server-sent events one by one.
 * @throws SunstepError with the server's code; SERVER_UNREACHABLE, ABORTED
 */
export async function serverEvents<Event>(
  http: Http,
  path: string,
  init: RequestInit,
  onEvent: (event: Event) => Promise<void>,
): Promise<void> {
  const response = await answered(http, path, init);
  const events = response
    .body!.pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream())
    .getReader();
  for (;;) {
    const { done, value } = await events.read().catch((error) => rethrow(error, init.signal));
    if (done) return;
    const data = JSON.parse(value.data) as Event & ServerError;
    if (data.error) throw errorOf(data, response.status);
    await onEvent(data);
  }
}

/** @throws as `serverEvents` */
export async function serverJson<Answer>(http: Http, path: string, signal: AbortSignal): Promise<Answer> {
  return (await answered(http, path, { signal })).json() as Promise<Answer>;
}

async function answered(http: Http, path: string, init: RequestInit): Promise<Response> {
  const response = await http(path, init).catch((error) => rethrow(error, init.signal));
  if (response.ok) return response;
  throw errorOf((await response.json().catch(() => ({}))) as ServerError, response.status);
}

const errorOf = ({ error }: ServerError, status: number) =>
  new SunstepError(error?.code ?? "SERVER_ERROR", error?.message ?? `The server answers with HTTP ${status}`);

function rethrow(cause: unknown, signal: AbortSignal | null | undefined): never {
  if (signal?.aborted) throw new SunstepError("ABORTED", "cancelled", { cause });
  throw new SunstepError("SERVER_UNREACHABLE", "The server does not answer", { cause });
}
