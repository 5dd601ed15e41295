import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { serverError } from "../errors.js";
import { basicUser } from "./clients.js";

export interface GuardOptions {
  /** The token that requests must have. Default: none. */
  readonly token?: string | undefined;
  /** Origins of pages elsewhere that may use the server; "*": any. */
  readonly origins?: readonly string[];
  /** Refuses names of hosts other than this machine's own: a page elsewhere could point its own name here. */
  readonly onlyLocalNames?: boolean;
}

/** Routes that tell nothing and change nothing, or whose address is a secret of its own. */
const open = /^\/(health$|images\/)/;
const localName = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i;

/** Refuses requests without the token, and requests that a page elsewhere makes the browser send. */
export function addGuard(
  app: FastifyInstance,
  { token, origins = [], onlyLocalNames = false }: GuardOptions,
): void {
  app.addHook("onRequest", async (request) => {
    if (onlyLocalNames && !localName.test(request.headers.host ?? "localhost")) {
      throw serverError(
        "FORBIDDEN",
        `host ${request.headers.host}: this server only answers to names of this machine`,
      );
    }
    const { origin } = request.headers;
    const isForeign = request.headers["sec-fetch-site"] === "cross-site" && !isVisit(request);
    if (isForeign && !origins.includes("*") && !(origin && origins.includes(origin))) {
      throw serverError(
        "FORBIDDEN",
        "a page of another site sent this request: allow its origin with --cors",
      );
    }
    const isPreflight = request.method === "OPTIONS";
    if (token === undefined || isPreflight || open.test(request.url) || hasToken(request, token)) return;
    throw serverError(
      "UNAUTHORIZED",
      "the request has no valid token: send it as Bearer, or as a Basic password",
    );
  });
}

/** True for a link elsewhere that opens the server's page: it sends nothing, and tells that page nothing. */
const isVisit = ({ method, url, headers }: FastifyRequest) =>
  method === "GET" &&
  /^\/(\?|$)/.test(url) &&
  headers["sec-fetch-mode"] === "navigate" &&
  headers["sec-fetch-dest"] === "document";

function hasToken(request: FastifyRequest, token: string): boolean {
  const [, bearer] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "") ?? [];
  const basic = basicUser(request);
  const given = [bearer, basic?.password, basic && `${basic.user}:${basic.password}`];
  return given.some((one) => one !== undefined && equal(one, token));
}

/** Compares in a time that does not tell where the texts differ. */
const equal = (a: string, b: string) => timingSafeEqual(digest(a), digest(b));
const digest = (text: string) => createHash("sha256").update(text).digest();
