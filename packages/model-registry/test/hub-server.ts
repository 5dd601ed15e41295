// A server that behaves like the hub (API, redirects to a store on another origin, ETags, ranges), and misbehaves on
// demand. It listens on 127.0.0.1 only.

import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface SeenRequest {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
}

/** A fault that takes over every request it matches. */
export const ALWAYS = Number.POSITIVE_INFINITY;

/** Takes over a request that `on` matches, `times` times. `answer` holds what the server would have sent. */
export interface Fault {
  readonly on: RegExp;
  times: number;
  readonly act: (response: ServerResponse, answer: Answer, request: IncomingMessage) => void;
}

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

export interface TestHub {
  readonly endpoint: string;
  /** Where large files are: another origin. */
  readonly store: string;
  readonly requests: SeenRequest[];
  readonly storeRequests: SeenRequest[];
  /** Repositories by id: branches to commits, commits to files. */
  readonly repositories: Map<string, Repository>;
  /** Files outside of any repository, by path: `${store}${path}`. */
  readonly plain: Map<string, { body: Buffer; headers: Record<string, string> }>;
  readonly faults: Fault[];
  /** Throws if a fault met fewer requests than it was made for: its test would then hold without it. */
  close(): Promise<void>;
}

export interface Repository {
  readonly branches: Record<string, string>;
  readonly commits: Record<string, Record<string, Buffer>>;
  /** Needs this token. */
  readonly gated?: string;
}

export const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
export const gitSha1 = (bytes: Buffer) =>
  createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
export const commitOf = (text: string) => createHash("sha1").update(text).digest("hex");
const isLarge = (path: string) => /\.(safetensors|onnx|pb)$/.test(path);

/** A small but true safetensors file of one float32 tensor. */
export function safetensors(elements: number, seed = 1, name = "weight"): Buffer {
  const header = Buffer.from(
    JSON.stringify({ [name]: { dtype: "F32", shape: [elements], data_offsets: [0, elements * 4] } }),
  );
  const data = Buffer.alloc(elements * 4);
  for (let i = 0; i < data.length; i++) data[i] = (i * 31 + seed * 17 + (i >> 8)) & 255;
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, data]);
}

/** A repository with one branch, main. */
export function repository(
  files: Record<string, Buffer | string>,
  options: { gated?: string } = {},
): Repository {
  const contents = Object.fromEntries(
    Object.entries(files).map(([path, body]) => [path, typeof body === "string" ? Buffer.from(body) : body]),
  );
  const commit = commitOf(
    Object.entries(contents)
      .map(([path, body]) => path + sha256(body))
      .join(),
  );
  return { branches: { main: commit }, commits: { [commit]: contents }, ...options };
}

/** Pages of other origins may ask, as they may ask the hub and its store. */
const crossOrigin = {
  "access-control-allow-origin": "*",
  "access-control-allow-headers": "authorization",
  "access-control-expose-headers": "etag, link, content-range, x-error-code",
};

export async function startHub(repositories: Record<string, Repository> = {}): Promise<TestHub> {
  const state = {
    requests: [] as SeenRequest[],
    storeRequests: [] as SeenRequest[],
    repositories: new Map(Object.entries(repositories)),
    plain: new Map<string, { body: Buffer; headers: Record<string, string> }>(),
    faults: [] as Fault[],
  };
  const fired = new Set<Fault>();
  const serve = (seen: SeenRequest[], route: (path: string, request: IncomingMessage) => Answer) =>
    listen(
      createServer((request, response) => {
        const path = request.url ?? "/";
        for (const [name, value] of Object.entries(crossOrigin)) response.setHeader(name, value);
        if (request.method === "OPTIONS") return response.writeHead(204).end();
        seen.push({ path, headers: request.headers });
        const answer = withRange(request, route(path, request));
        const fault = state.faults.find(({ on, times }) => times > 0 && on.test(path));
        if (fault === undefined) return send(response, answer);
        fault.times--;
        fired.add(fault);
        fault.act(response, answer, request);
      }),
    );
  const storeServer = await serve(state.storeRequests, (path) => storeFile(state, path));
  const store = addressOf(storeServer);
  const hubServer = await serve(state.requests, (path, request) =>
    hubAnswer(state.repositories, store, path, request),
  );
  return {
    ...state,
    store,
    endpoint: addressOf(hubServer),
    close: async () => {
      for (const server of [hubServer, storeServer]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
      const idle = state.faults.filter(
        (fault) => !fired.has(fault) || (fault.times > 0 && fault.times !== ALWAYS),
      );
      if (idle.length > 0)
        throw new Error(
          `no request met the faults ${idle.map(({ on, times }) => `${on} (${times} left)`).join(", ")}`,
        );
    },
  };
}

export function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { "content-length": String(body.length), ...headers });
  response.end(body);
}

function hubAnswer(
  repositories: ReadonlyMap<string, Repository>,
  store: string,
  path: string,
  request: IncomingMessage,
): Answer {
  const url = new URL(path, "http://hub");
  const parts = url.pathname.slice(1).split("/").map(decodeURIComponent);
  const api = parts[0] === "api";
  const [owner, name, view, revision = "main", ...rest] = api ? parts.slice(2) : parts;
  const found = repositories.get(`${owner}/${name}`);
  if (found === undefined) return failure(401, "RepoNotFound");
  const commit = found.branches[revision] ?? (revision in found.commits ? revision : undefined);
  if (commit === undefined) return failure(404, "RevisionNotFound");
  const files = found.commits[commit]!;
  if (api && view === "revision") return json({ id: `${owner}/${name}`, sha: commit });
  if (api && view === "tree") return treePage(files, url, request);
  const authorized = found.gated === undefined || request.headers.authorization === `Bearer ${found.gated}`;
  if (!authorized) return failure(request.headers.authorization === undefined ? 401 : 403, "GatedRepo");
  const file = rest.join("/");
  const body = files[file];
  if (body === undefined) return failure(404, "EntryNotFound");
  const headers = { "x-repo-commit": commit };
  if (!isLarge(file)) return { status: 200, headers: { ...headers, etag: `"${gitSha1(body)}"` }, body };
  const linked = { "x-linked-size": String(body.length), "x-linked-etag": `"${sha256(body)}"` };
  const location = `${store}/blob/${owner}/${name}/${commit}/${file}?signature=secret`;
  return { status: 302, headers: { ...headers, ...linked, location }, body: Buffer.alloc(0) };
}

/** Two files a page, so that paging is used. */
function treePage(files: Record<string, Buffer>, url: URL, request: IncomingMessage): Answer {
  const from = Number(url.searchParams.get("cursor") ?? 0);
  const entries = Object.entries(files).map(([path, body]) => ({
    type: "file",
    path,
    size: body.length,
    oid: gitSha1(body),
    ...(isLarge(path) ? { lfs: { oid: sha256(body), size: body.length, pointerSize: 134 } } : {}),
  }));
  const answer = json(entries.slice(from, from + 2));
  if (from + 2 >= entries.length) return answer;
  url.searchParams.set("cursor", String(from + 2));
  const next = `http://${request.headers.host}${url.pathname}${url.search}`;
  return { ...answer, headers: { ...answer.headers, link: `<${next}>; rel="next"` } };
}

function storeFile({ repositories, plain }: Pick<TestHub, "repositories" | "plain">, path: string): Answer {
  const single = plain.get(path);
  if (single !== undefined) return { status: 200, headers: { ...single.headers }, body: single.body };
  const [, , owner, name, commit = "", ...file] = new URL(path, "http://store").pathname.split("/");
  const body = repositories.get(`${owner}/${name}`)?.commits[commit]?.[file.join("/")];
  if (body === undefined) return failure(404, "");
  return { status: 200, headers: { etag: `"${sha256(body).slice(0, 32)}"` }, body };
}

/** RFC 9110: one range, If-Range, If-None-Match. */
function withRange(request: IncomingMessage, answer: Answer): Answer {
  const { etag } = answer.headers;
  if (answer.status !== 200) return answer;
  if (etag !== undefined && request.headers["if-none-match"] === etag) {
    return { status: 304, headers: { etag }, body: Buffer.alloc(0) };
  }
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1]);
  const condition = request.headers["if-range"];
  if (Number.isNaN(from) || (condition !== undefined && condition !== etag)) return answer;
  const { length } = answer.body;
  if (from >= length)
    return { status: 416, headers: { "content-range": `bytes */${length}` }, body: Buffer.alloc(0) };
  return {
    status: 206,
    headers: { ...answer.headers, "content-range": `bytes ${from}-${length - 1}/${length}` },
    body: answer.body.subarray(from),
  };
}

const json = (value: unknown): Answer => ({
  status: 200,
  headers: { "content-type": "application/json" },
  body: Buffer.from(JSON.stringify(value)),
});

const failure = (status: number, code: string): Answer => ({
  status,
  headers: { "x-error-code": code, "content-type": "application/json" },
  body: Buffer.from(JSON.stringify({ error: code })),
});

async function listen(server: Server): Promise<Server> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

const addressOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
