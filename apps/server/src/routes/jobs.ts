import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { Job } from "@sunstep/jobs";
import { Type } from "typebox";
import { serverError } from "../errors.js";
import { mediaTypes } from "../paint/encode-image.js";
import type { PaintResult } from "../paint/paint-input.js";
import type { Services } from "../services.js";

const endings = Object.keys(mediaTypes) as (keyof typeof mediaTypes)[];

/** Jobs by their id, and images by their address. */
export const jobRoutes: FastifyPluginAsyncTypebox<Services> = async (app, { queue }) => {
  app.get(
    "/jobs/:id",
    { schema: { params: Type.Object({ id: Type.String({ maxLength: 100 }) }) } },
    async ({ params: { id } }) => {
      const job = await queue.get(id);
      if (!job)
        throw serverError("RESULT_MISSING", `job ${JSON.stringify(id)} is not known, or ended long ago`);
      return { ...describeJob(job), progress: (await queue.progress(id)) ?? null };
    },
  );

  app.delete(
    "/jobs/:id",
    { schema: { params: Type.Object({ id: Type.String({ maxLength: 100 }) }) } },
    async ({ params: { id } }, reply) => {
      await queue.signal(id, "cancel");
      return reply.code(204).send();
    },
  );

  app.get(
    "/images/:name",
    { schema: { params: Type.Object({ name: Type.String({ maxLength: 100 }) }) } },
    async ({ params: { name } }, reply) => {
      const [, address = "", ending] = /^([0-9a-f]{64})\.([a-z]+)$/.exec(name) ?? [];
      const format = endings.find((one) => one === ending);
      const bytes = format && (await queue.blobs.get(address));
      if (!bytes)
        throw serverError("RESULT_MISSING", "there is no such image, or it was deleted to make room");
      return reply
        .type(mediaTypes[format])
        .header("cache-control", "private, max-age=31536000, immutable")
        .header("x-content-type-options", "nosniff")
        .send(Buffer.from(bytes));
    },
  );
};

function describeJob({ id, state, attempts, created, started, finished, result, failure, spec }: Job) {
  const images = (result as PaintResult | undefined)?.images ?? [];
  const { format } = spec.input as { format?: string };
  return {
    id,
    state,
    model: spec.model,
    attempts,
    created,
    started: started ?? null,
    finished: finished ?? null,
    failure: failure ?? null,
    images: images.map(({ blob, seed, parameters }) => ({
      url: `/images/${blob}.${format}`,
      seed,
      parameters,
    })),
  };
}
