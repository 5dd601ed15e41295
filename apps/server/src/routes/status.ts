import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import type { Services } from "../services.js";

/** The server's state and description, for programs that watch or explore it. */
export const statusRoutes: FastifyPluginAsyncTypebox<Services> = async (
  app,
  { queue, settings, catalogue, submitter, hasPage },
) => {
  app.get("/health", async (_request, reply) => {
    const [{ waiting, running }, offers] = await Promise.all([queue.counts(), queue.offers()]);
    const isReady = offers.length > 0;
    return reply
      .code(isReady ? 200 : 503)
      .send({ status: isReady ? "ok" : "no workers", workers: offers.length, waiting, running });
  });

  app.get("/openapi.json", { schema: { hide: true } }, async () => app.swagger());

  app.get(
    "/models/:name",
    { schema: { params: Type.Object({ name: Type.String({ maxLength: 500 }) }) } },
    (request, reply) => submitter.describe(request, reply, request.params.name),
  );

  // A browser gets the page. Draw Things' clients ask which model is open; HEAD tells them that the server is there.
  app.get("/", { schema: { hide: true } }, async (request, reply) => {
    reply.header("vary", "accept");
    if (hasPage && request.headers.accept?.includes("text/html")) return reply.sendFile("index.html");
    return {
      model: (await settings.read()).sd_model_checkpoint,
      models: (await catalogue()).models.map(({ name }) => name),
      upscaler: null,
    };
  });
};
