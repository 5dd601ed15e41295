import type { JobQueue } from "@sunstep/jobs";
import type { PaintProgress } from "../paint/paint-input.js";
import { timestamp } from "./response.js";

/** The state of a client's current job, as AUTOMATIC1111 tells it. */
export async function progressResponse(queue: JobQueue, client: string, skipImage: boolean) {
  const own = (await queue.active()).filter(({ spec }) => spec.client === client);
  const job = own.find(({ state }) => state === "running") ?? own[0];
  const progress = job && ((await queue.progress(job.id)) as PaintProgress | undefined);
  const { image = 0, images = 1, step = 0, steps = 0, begun, stage, preview } = progress ?? {};
  const done = job ? (image + (steps > 0 ? step / steps : 0)) / images : 0;
  const elapsed = begun === undefined ? 0 : (Date.now() - begun) / 1000;
  return {
    // A job that has only begun is not 0, which clients take for "idle".
    progress: job ? Math.min(1, Math.max(0.01, done)) : 0,
    eta_relative: done > 0 ? elapsed / done - elapsed : 0,
    state: {
      skipped: false,
      interrupted: false,
      stopping_generation: false,
      job: job?.id ?? "",
      job_count: own.length,
      job_timestamp: timestamp(job?.created ?? 0),
      job_no: image,
      sampling_step: step,
      sampling_steps: steps,
    },
    current_image: skipImage ? null : (preview ?? null),
    textinfo: job ? (stage ?? "waiting for other jobs") : null,
  };
}
