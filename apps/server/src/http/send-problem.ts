import type { FastifyReply } from "fastify";
import type { HttpProblem } from "./status.js";

/** Seconds after which a client of a full queue may try again. */
const RETRY_AFTER = 5;

/** Sends an error; only a full or closing server is worth a second try, which the openai packages are told. */
export function sendProblem(reply: FastifyReply, { status }: HttpProblem, body: object): FastifyReply {
  const isBusy = status === 429 || status === 503;
  if (isBusy && !reply.hasHeader("retry-after")) reply.header("retry-after", RETRY_AFTER);
  if (status === 401) reply.header("www-authenticate", 'Basic realm="sunstep", charset="UTF-8"');
  return reply.code(status).header("x-should-retry", String(isBusy)).send(body);
}
