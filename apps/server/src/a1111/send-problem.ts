import type { FastifyReply, FastifyRequest } from "fastify";
import { sendProblem } from "../http/send-problem.js";
import { problemOf } from "../http/status.js";

/** Sends an error in AUTOMATIC1111's form. */
export function sendA1111Problem(
  error: unknown,
  _request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const problem = problemOf(error);
  const { code, message } = problem;
  return sendProblem(reply, problem, { error: code, detail: message, body: "", errors: message });
}
