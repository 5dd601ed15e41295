import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { clientOf } from "../http/clients.js";
import { checkImageBytes, imageBytes, toBase64 } from "../http/images.js";
import { longAnswer } from "../http/long-answer.js";
import type { PaintInput } from "../paint/paint-input.js";
import type { Services } from "../services.js";
import { readControls } from "./control.js";
import { listRoutes } from "./lists.js";
import { optionsSchema, readOptions } from "./options.js";
import { pngInfo } from "./png-info.js";
import { progressResponse } from "./progress.js";
import { checkSettings } from "./refused.js";
import {
  firstImageOf,
  imageToImageSchema,
  readFirstImage,
  readRequest,
  type TextToImage,
  textToImageSchema,
} from "./request.js";
import { infoOf } from "./response.js";
import { a1111Error, sendA1111Problem } from "./send-problem.js";

const images = Type.Object({
  images: Type.Array(Type.String()),
  parameters: Type.Object({}, { additionalProperties: true }),
  info: Type.String(),
});

/** The request's own fields, as AUTOMATIC1111 sends them back: without its images, unless they are asked for. */
function withoutImages(body: Readonly<Record<string, unknown>>) {
  const { init_images, mask, ...rest } = body;
  return body.include_init_images ? { ...rest, init_images, mask } : rest;
}

/** AUTOMATIC1111's API. */
export const a1111Routes: FastifyPluginAsyncTypebox<Services> = async (app, services) => {
  const { queue, submitter, settings, catalogue, styles } = services;

  app.setErrorHandler(sendA1111Problem);

  const answer = async (
    request: FastifyRequest,
    reply: FastifyReply,
    body: TextToImage,
    first: () => Promise<Partial<PaintInput>>,
  ) => {
    const known = { catalogue: await catalogue(), styles };
    const { model, input, ...read } = readRequest(body, await settings.read(), known);
    const scripts = body.alwayson_scripts ?? {};
    const controls = await readControls(scripts, known.catalogue, store, firstImageOf(body));
    const asked = { model, input: { ...input, ...(await first()), ...controls } };
    return longAnswer(
      reply,
      async () => {
        const done = await submitter.paint(request, reply, asked);
        return {
          images: body.send_images === false ? [] : done.files.map(toBase64),
          parameters: withoutImages(body),
          info: infoOf(done, read),
        };
      },
      a1111Error,
    );
  };

  const store = (image: string) => queue.blobs.put(checkImageBytes(imageBytes(image)));

  app.post("/txt2img", { schema: { body: textToImageSchema, response: { 200: images } } }, (request, reply) =>
    answer(request, reply, request.body, async () => ({})),
  );
  app.post(
    "/img2img",
    { schema: { body: imageToImageSchema, response: { 200: images } } },
    (request, reply) => answer(request, reply, request.body, () => readFirstImage(request.body, store)),
  );

  app.get(
    "/progress",
    { schema: { querystring: Type.Object({ skip_current_image: Type.Optional(Type.Boolean()) }) } },
    async (request) => progressResponse(queue, clientOf(request), request.query.skip_current_image ?? false),
  );

  /** Signals the client's job that runs, or else its first that waits. */
  const signal = async (client: string, kind: "interrupt" | "skip") => {
    const own = (await queue.active()).filter(({ spec }) => spec.client === client);
    const current = own.find(({ state }) => state === "running") ?? own[0];
    if (current) await queue.signal(current.id, kind);
  };

  app.post("/interrupt", async (request) => {
    await signal(clientOf(request), "interrupt");
    return {};
  });

  app.post("/skip", async (request, reply) => {
    await signal(clientOf(request), "skip");
    return reply.type("application/json").send("null");
  });

  app.post("/png-info", { schema: { body: Type.Object({ image: Type.String() }) } }, async ({ body }) =>
    pngInfo(checkImageBytes(imageBytes(body.image))),
  );

  app.get("/options", async () => settings.read());

  app.post("/options", { schema: { body: optionsSchema } }, async ({ body }, reply) => {
    checkSettings(body);
    await settings.change(readOptions(body, await catalogue()));
    return reply.type("application/json").send("null");
  });

  await listRoutes(app, services);
};
