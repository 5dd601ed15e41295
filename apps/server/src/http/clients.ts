import type { FastifyRequest } from "fastify";

/** The user of a Basic authorization, or undefined. */
export function basicUser(request: FastifyRequest): { user: string; password: string } | undefined {
  const [, encoded] = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(request.headers.authorization ?? "") ?? [];
  if (encoded === undefined) return undefined;
  const [, user = "", password = ""] =
    /^([^:]*):?(.*)$/s.exec(Buffer.from(encoded, "base64").toString()) ?? [];
  return { user, password };
}

/** Names the client whose requests take turns with others': its user name and address. */
export const clientOf = (request: FastifyRequest): string =>
  [basicUser(request)?.user, request.ip].filter(Boolean).join("@");
