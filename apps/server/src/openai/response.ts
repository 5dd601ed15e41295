import type { FastifyRequest } from "fastify";
import { toBase64 } from "../http/images.js";
import type { HttpProblem } from "../http/status.js";
import type { Submitted } from "../http/submit.js";
import type { Edit } from "./request.js";

/** Nothing is counted here: clients only need the numbers to be there. */
const usage = {
  input_tokens: 0,
  input_tokens_details: { image_tokens: 0, text_tokens: 0 },
  output_tokens: 0,
  total_tokens: 0,
};

/** The facts that responses and events have in common. */
const factsOf = ({ input, result }: Submitted, { quality }: Edit) => ({
  background: "opaque",
  output_format: input.format,
  quality: quality ?? "auto",
  size: `${result.images[0]?.width ?? result.width}x${result.images[0]?.height ?? result.height}`,
});

export function imagesResponse(done: Submitted, body: Edit, request: FastifyRequest) {
  const { files, input, result, job } = done;
  const origin = `${request.protocol}://${request.host}`;
  return {
    created: Math.floor(job.created / 1000),
    data: result.images.map(({ blob, seed }, k) => ({
      ...(body.response_format === "url"
        ? { url: `${origin}/images/${blob}.${input.format}` }
        : { b64_json: toBase64(files[k]!) }),
      seed,
    })),
    ...factsOf(done, body),
    usage,
    ...(result.warnings.length > 0 && { warnings: result.warnings }),
  };
}

/** The last event of a stream, for each image. */
export function completedEvents(done: Submitted, body: Edit, type: string) {
  return done.files.map((file, k) => {
    const { blob: _, ...made } = done.result.images[k]!;
    return {
      type: `${type}.completed`,
      b64_json: toBase64(file),
      created_at: Math.floor(Date.now() / 1000),
      ...factsOf(done, body),
      ...made,
      usage,
    };
  });
}

export const openaiError = ({ status, code, message }: HttpProblem) => ({
  error: {
    message,
    type: status === 429 ? "rate_limit_error" : status >= 500 ? "server_error" : "invalid_request_error",
    param: null,
    code,
  },
});
