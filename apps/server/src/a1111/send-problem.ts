import type { FastifyReply, FastifyRequest } from "fastify";
import { sendProblem } from "../http/send-problem.js";
import { type HttpProblem, problemOf } from "../http/status.js";

/** Sends an error in AUTOMATIC1111's form. */
export function sendA1111Problem(
  error: unknown,
  _request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const problem = problemOf(error);
  return sendProblem(reply, problem, a1111Error(problem));
}

export const a1111Error = ({ code, message }: HttpProblem) => ({
  error: code,
  detail: message,
  body: "",
  errors: message,
});
