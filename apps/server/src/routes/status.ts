import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { Services } from "../services.js";

/** The server's state and description, for programs that watch or explore it. */
export const statusRoutes: FastifyPluginAsyncTypebox<Services> = async (
  app,
  { queue, settings, catalogue },
) => {
  app.get("/health", async (_request, reply) => {
    const [{ waiting, running }, offers] = await Promise.all([queue.counts(), queue.offers()]);
    const isReady = offers.length > 0;
    return reply
      .code(isReady ? 200 : 503)
      .send({ status: isReady ? "ok" : "no workers", workers: offers.length, waiting, running });
  });

  app.get("/openapi.json", { schema: { hide: true } }, async () => app.swagger());

  // Draw Things' clients ask here which model is open; HEAD tells them that the server is there.
  app.get("/", { schema: { hide: true } }, async () => ({
    model: (await settings.read()).sd_model_checkpoint,
    models: (await catalogue()).models.map(({ name }) => name),
    upscaler: null,
  }));
};
