import multipart from "@fastify/multipart";
import swagger from "@fastify/swagger";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { JobQueue } from "@sunstep/jobs";
import fastify, { type FastifyInstance } from "fastify";
import { version } from "sunstep";
import { a1111Routes } from "./a1111/routes.js";
import { defaultLimits, type Limits } from "./http/limits.js";
import { Submitter } from "./http/submit.js";
import { type Catalogue, mergeCatalogues } from "./library/catalogue.js";
import { openaiRoutes } from "./openai/routes.js";
import { jobRoutes } from "./routes/jobs.js";
import type { Services } from "./services.js";
import { type Settings, SettingsStore } from "./settings.js";

export interface AppOptions {
  readonly queue: JobQueue;
  readonly limits?: Partial<Limits>;
  /** Settings at the start, under AUTOMATIC1111's names. */
  readonly settings?: Partial<Settings>;
}

export type App = FastifyInstance;

/** Makes the HTTP server of a queue, which must have workers of its own or elsewhere. */
export async function createApp({ queue, limits: given = {}, settings = {} }: AppOptions): Promise<App> {
  const limits = { ...defaultLimits, ...given };
  const app = fastify({
    bodyLimit: limits.body,
    // Clients of AUTOMATIC1111 send numbers as strings; unknown fields are kept, since they are no error.
    ajv: { customOptions: { coerceTypes: true, removeAdditional: false, allowUnionTypes: true } },
    routerOptions: { ignoreTrailingSlash: true },
  }).withTypeProvider<TypeBoxTypeProvider>();
  const catalogue = async () =>
    mergeCatalogues((await queue.offers()).map((offer) => offer.catalogue as unknown as Catalogue));
  const firstModel = async () => (await catalogue()).models[0]?.name ?? "";
  const services: Services = {
    queue,
    limits,
    catalogue,
    submitter: new Submitter(queue, limits, catalogue),
    settings: new SettingsStore(queue, settings, firstModel),
  };
  await app.register(swagger, {
    openapi: { openapi: "3.1.0", info: { title: "sunstep server", version } },
  });
  await app.register(multipart, {
    attachFieldsToBody: "keyValues",
    limits: { fileSize: limits.body, files: 17, fields: 64 },
  });
  await app.register(a1111Routes, { ...services, prefix: "/sdapi/v1" });
  await app.register(openaiRoutes, { ...services, prefix: "/v1" });
  await app.register(jobRoutes, services);
  return app;
}
