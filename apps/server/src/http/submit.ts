import { createHash, randomInt } from "node:crypto";
import { abortedError, SunstepError } from "@sunstep/errors";
import { type Job, type JobQueue, waitForJob } from "@sunstep/jobs";
import type { FastifyReply, FastifyRequest } from "fastify";
import { serverError } from "../errors.js";
import { type Catalogue, findModel, type ListedModel } from "../library/catalogue.js";
import type {
  DescribeInput,
  ModelDescription,
  PaintInput,
  PaintProgress,
  PaintResult,
} from "../paint/paint-input.js";
import { clientOf } from "./clients.js";
import { checkLimits, type Limits } from "./limits.js";

/** Milliseconds that a job goes on after its client is gone, if the client may ask for it again. */
const RETRY_GRACE = 15_000;
const SEEDS = 2 ** 32;

export interface Submitted {
  readonly job: Job;
  readonly model: ListedModel;
  readonly input: PaintInput;
  readonly result: PaintResult;
  /** The images' files. */
  readonly files: readonly Uint8Array[];
}

/** A request as a route has read it; without a seed, a random one is taken. */
export type PaintRequest = Omit<PaintInput, "kind" | "seed"> & { readonly seed?: number | undefined };

export interface SubmitOptions {
  readonly model: string;
  readonly input: PaintRequest;
  readonly onProgress?: (progress: PaintProgress) => void;
}

/** Turns requests into jobs, and waits for them. */
export class Submitter {
  /** Clients that wait for a job. */
  readonly #waiting = new Map<string, number>();
  /** Timers of jobs whose last client is gone. */
  readonly #leaving = new Map<string, NodeJS.Timeout>();

  constructor(
    readonly queue: JobQueue,
    readonly limits: Limits,
    readonly catalogue: () => Promise<Catalogue>,
  ) {}

  /** @throws SunstepError: codes of `serverErrors`, `jobsErrors`, and those that the job failed with */
  async paint(
    request: FastifyRequest,
    reply: FastifyReply,
    { model: wanted, input: asked, onProgress }: SubmitOptions,
  ): Promise<Submitted> {
    const model = await this.#listed(wanted);
    const isFixed = asked.seed !== undefined && asked.seed >= 0;
    const input: PaintInput = { kind: "paint", ...asked, seed: isFixed ? asked.seed! : randomInt(SEEDS) };
    checkLimits(input, this.limits);
    const client = clientOf(request);
    const isRetry = Number(request.headers["x-stainless-retry-count"] ?? 0) > 0;
    const key = keyOf(isFixed ? [model, input] : [client, request.url, request.body ?? asked]);
    const spec = {
      input,
      model: model.name,
      client,
      key,
      deadline: Date.now() + this.limits.deadline,
      blobs: [input.image, input.mask?.blob, ...(input.controls ?? []).map(({ blob }) => blob)].filter(
        (blob) => blob !== undefined,
      ),
    };
    const gone = disconnected(reply);
    for (let join = isFixed || isRetry; ; join = false) {
      const added = await this.queue.add(spec, { join });
      reply.header("x-job-id", added.job.id);
      const job = await this.#wait(added.job.id, request, gone, onProgress);
      if (added.joined && job.state === "cancelled") continue;
      const result = resultOf<PaintResult>(job);
      const files = await Promise.all(result.images.map(({ blob }) => this.queue.blobs.get(blob)));
      if (files.every((file) => file !== undefined)) {
        const done = job.spec.input as PaintInput;
        return { job, model, input: done, result, files };
      }
      if (!added.joined)
        throw serverError(
          "RESULT_MISSING",
          "the images were deleted before they were sent: give the server more room for results",
        );
    }
  }

  /** Loads a model, and returns what there is to know about it. @throws as `paint` */
  async describe(request: FastifyRequest, reply: FastifyReply, wanted: string): Promise<ModelDescription> {
    const model = await this.#listed(wanted);
    const input: DescribeInput = { kind: "describe" };
    const spec = {
      input,
      model: model.name,
      client: clientOf(request),
      key: keyOf([model, input]),
      deadline: Date.now() + this.limits.deadline,
    };
    const gone = disconnected(reply);
    for (let join = true; ; join = false) {
      const added = await this.queue.add(spec, { join });
      const job = await this.#wait(added.job.id, request, gone, undefined);
      if (!(added.joined && job.state === "cancelled")) return resultOf<ModelDescription>(job);
    }
  }

  async #listed(wanted: string): Promise<ListedModel> {
    return findModel(await this.catalogue(), wanted);
  }

  async #wait(
    id: string,
    request: FastifyRequest,
    gone: AbortSignal,
    onProgress: SubmitOptions["onProgress"],
  ): Promise<Job> {
    this.#waiting.set(id, (this.#waiting.get(id) ?? 0) + 1);
    try {
      return await waitForJob(this.queue, id, {
        signal: gone,
        ...(onProgress && { onProgress: (progress) => onProgress(progress as PaintProgress) }),
      });
    } catch (error) {
      if (gone.aborted) this.#cancelSoon(id, request);
      throw error;
    } finally {
      const others = (this.#waiting.get(id) ?? 1) - 1;
      if (others > 0) this.#waiting.set(id, others);
      else this.#waiting.delete(id);
    }
  }

  /** Cancels a job that no client waits for any more, nor comes back to. */
  #cancelSoon(id: string, { headers }: FastifyRequest): void {
    const repeats = headers["x-stainless-retry-count"] !== undefined;
    const cancel = () => {
      this.#leaving.delete(id);
      if (!this.#waiting.has(id)) this.queue.signal(id, "cancel").catch(() => undefined);
    };
    clearTimeout(this.#leaving.get(id));
    const timer = setTimeout(cancel, repeats ? RETRY_GRACE : 0);
    this.#leaving.set(id, timer);
    timer.unref();
  }
}

/** Aborted when the client closes the connection before its response is sent. */
function disconnected(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once("close", () => {
    if (!reply.raw.writableFinished)
      controller.abort(abortedError(undefined, "the client closed the connection"));
  });
  return controller.signal;
}

/** @throws SunstepError that the job failed with */
function resultOf<Result>({ result, failure }: Job): Result {
  if (failure) throw new SunstepError(failure.code, failure.message);
  return result as Result;
}

/** Objects of one shape have their fields in one order, since the same code made them. */
const keyOf = (value: unknown) => createHash("sha256").update(JSON.stringify(value)).digest("hex");
