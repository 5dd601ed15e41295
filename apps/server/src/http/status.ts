import { SunstepError } from "@sunstep/errors";

/** Status codes of errors by their code; other typed errors are about the request, unless they name a file. */
const statuses: Readonly<Record<string, number>> = {
  JOB_QUEUE_FULL: 429,
  JOB_DEADLINE: 504,
  JOB_CANCELLED: 409,
  JOB_LOST: 500,
  JOB_FAILED: 500,
  JOB_UNKNOWN: 404,
  JOBS_CLOSED: 503,
  MODEL_UNKNOWN: 404,
  VAE_UNKNOWN: 404,
  CONTROLNET_UNKNOWN: 404,
  IMAGE_MISSING: 404,
  RESULT_MISSING: 410,
  UNSUPPORTED: 501,
  REQUEST_UNSUPPORTED: 422,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  DISK_FULL: 507,
};

/** Packages whose errors tell what is wrong with a request. */
const ofRequest = /^(PIPELINE|PROMPT|SCHEDULER|IMAGE|MASK|ACCELERATION|REQUEST|ADAPTER|BLOB|TOKENIZER)_/;

export interface HttpProblem {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** The messages of the parser of forms, whose errors have no status. */
const ofForm =
  /^(Multipart: |Unexpected end of (form|multipart)|Malformed part header|Malformed content type)/;

/** Returns the status and text of any error that a route may end with. */
export function problemOf(error: unknown): HttpProblem {
  const message = error instanceof Error ? error.message : String(error);
  if (SunstepError.isInstance(error)) return { ...codedProblem(error.code), message };
  if (ofForm.test(message)) return { status: 400, code: "REQUEST_VALUE", message };
  const { statusCode = 500, code = "INTERNAL" } = error as { statusCode?: number; code?: string };
  return { status: statusCode, code: String(code), message };
}

const codedProblem = (code: string) => ({
  code,
  status: statuses[code] ?? (ofRequest.test(code) ? 400 : 500),
});
