import multipart from "@fastify/multipart";
import type { FastifyPluginAsyncTypebox, TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { checkImageBytes } from "../http/images.js";
import { longAnswer } from "../http/long-answer.js";
import { sendProblem } from "../http/send-problem.js";
import { problemOf } from "../http/status.js";
import type { PaintRequest } from "../http/submit.js";
import { findModel } from "../library/catalogue.js";
import type { Services } from "../services.js";
import { type Edit, editSchema, filesOf, generationSchema, modelOf, readGeneration } from "./request.js";
import { imagesResponse, openaiError } from "./response.js";
import { streamImages } from "./stream.js";

/** How far a variation differs from its image, where the request does not say. */
const VARIATION_STRENGTH = 0.6;

/** OpenAI's API of images. */
export const openaiRoutes: FastifyPluginAsyncTypebox<Services> = async (app, services) => {
  const { queue, submitter, settings, catalogue } = services;

  app.setErrorHandler((error, _request, reply) => {
    const problem = problemOf(error);
    return sendProblem(reply, problem, openaiError(problem));
  });

  const answer = async (
    request: FastifyRequest,
    reply: FastifyReply,
    body: Edit,
    input: PaintRequest,
    type: "image_generation" | "image_edit",
  ) => {
    const model = modelOf(body) ?? (await settings.read()).sd_model_checkpoint;
    if (body.stream)
      return streamImages(reply, body, type, (onProgress) =>
        submitter.paint(request, reply, { model, input, onProgress }),
      );
    return longAnswer(
      reply,
      async () => imagesResponse(await submitter.paint(request, reply, { model, input }), body, request),
      openaiError,
    );
  };

  app.post("/images/generations", { schema: { body: generationSchema } }, (request, reply) =>
    answer(request, reply, request.body, readGeneration(request.body), "image_generation"),
  );
  // A client asks whether the route is there before it offers it.
  app.options("/images/generations", async (_request, reply) => reply.code(204).send());

  // Only these routes take forms.
  await app.register(async (scope) => {
    await scope.register(multipart, {
      attachFieldsToBody: "keyValues",
      limits: { fileSize: services.limits.body, files: 17, fields: 64 },
    });
    const forms = scope.withTypeProvider<TypeBoxTypeProvider>();
    const form = { body: editSchema, consumes: ["multipart/form-data"] };

    forms.post("/images/edits", { schema: form }, async (request, reply) => {
      const { body } = request;
      const { image, mask } = filesOf(body);
      const input = readGeneration(body);
      return answer(
        request,
        reply,
        body,
        {
          ...input,
          image: await queue.blobs.put(checkImageBytes(image)),
          ...(mask && { mask: { blob: await queue.blobs.put(checkImageBytes(mask)), byAlpha: true } }),
          ...(typeof body.strength === "number" && { strength: body.strength }),
        },
        "image_edit",
      );
    });

    forms.post("/images/variations", { schema: form }, async (request, reply) => {
      const { body } = request;
      const image = await queue.blobs.put(checkImageBytes(filesOf(body).image));
      const input = { ...readGeneration(body), image, strength: body.strength ?? VARIATION_STRENGTH };
      return answer(request, reply, body, input, "image_edit");
    });
  });

  const describe = (id: string) => ({ id, object: "model", created: 0, owned_by: "sunstep" });

  app.get("/models", async () => ({
    object: "list",
    data: (await catalogue()).models.map(({ name }) => describe(name)),
  }));

  app.get(
    "/models/:model",
    { schema: { params: Type.Object({ model: Type.String({ maxLength: 500 }) }) } },
    async ({ params: { model } }) => describe(findModel(await catalogue(), model).name),
  );
};
