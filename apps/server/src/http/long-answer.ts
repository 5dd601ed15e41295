import type { FastifyReply } from "fastify";
import { type HttpProblem, problemOf } from "./status.js";

interface Times {
  /** Milliseconds after which the response is begun, and between two blanks that keep it alive. */
  readonly after: number;
  readonly every: number;
}

/** Proxies wait a minute for the first byte and between two bytes (nginx), and Node's fetch five minutes for the headers. */
const patience: Times = { after: 45_000, every: 15_000 };

/**
 * Answers with the JSON of `work`. Work that takes long begins the response before it is done, and sends blanks, which JSON
 * may have before its value; an error then comes as the body of a response whose status is 200 already.
 */
export async function longAnswer<Answer extends object>(
  reply: FastifyReply,
  work: () => Promise<Answer>,
  bodyOf: (problem: HttpProblem) => object,
  { after, every }: Times = patience,
): Promise<Answer | undefined> {
  const { raw } = reply;
  let blanks: NodeJS.Timeout | undefined;
  const waiting = setTimeout(() => {
    const headers = reply.getHeaders() as Record<string, string>;
    reply.hijack();
    raw.writeHead(200, { ...headers, "content-type": "application/json; charset=utf-8" });
    raw.write(" ");
    blanks = setInterval(() => raw.write(" "), every);
  }, after);
  const end = () => {
    clearTimeout(waiting);
    clearInterval(blanks);
    return blanks !== undefined;
  };
  try {
    const answer = await work();
    if (!end()) return answer;
    raw.end(JSON.stringify(answer));
  } catch (error) {
    if (!end()) throw error;
    raw.end(JSON.stringify(bodyOf(problemOf(error))));
  }
  return undefined;
}
