import { getHeapStatistics } from "node:v8";
import cors from "@fastify/cors";
import rateLimit from "@fastify/rate-limit";
import swagger from "@fastify/swagger";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import underPressure from "@fastify/under-pressure";
import type { JobQueue } from "@sunstep/jobs";
import fastify, { type FastifyInstance } from "fastify";
import { version } from "sunstep";
import { controlnetRoutes } from "./a1111/controlnet-routes.js";
import { a1111Routes } from "./a1111/routes.js";
import type { Style } from "./a1111/styles.js";
import { clientOf } from "./http/clients.js";
import { addGuard, type GuardOptions } from "./http/guard.js";
import { defaultLimits, type Limits } from "./http/limits.js";
import { addMetrics } from "./http/metrics.js";
import { addPage } from "./http/page.js";
import { sendProblem } from "./http/send-problem.js";
import { problemOf } from "./http/status.js";
import { Submitter } from "./http/submit.js";
import { type Catalogue, mergeCatalogues } from "./library/catalogue.js";
import { recent } from "./library/recent.js";
import { openaiRoutes } from "./openai/routes.js";
import { jobRoutes } from "./routes/jobs.js";
import { statusRoutes } from "./routes/status.js";
import type { Services } from "./services.js";
import { type Settings, SettingsStore } from "./settings.js";

export interface AppOptions extends GuardOptions {
  readonly queue: JobQueue;
  readonly limits?: Partial<Limits>;
  /** Settings at the start, under AUTOMATIC1111's names. */
  readonly settings?: Partial<Settings>;
  /** Reads the folders of models anew. */
  readonly refresh?: () => Promise<void>;
  /** Default: none. */
  readonly styles?: readonly Style[];
  /** Folder of the page at /. Default: none. */
  readonly page?: string | undefined;
  /** Requests of a client in a minute. Default: any number. */
  readonly rate?: number | undefined;
  /** Takes the client's address from the headers of a proxy. */
  readonly trustProxy?: boolean;
}

export type App = FastifyInstance;

/** Bytes of JavaScript's memory beyond which requests are sent away: beyond the limit the process would end. */
const MAX_HEAP = 0.9 * getHeapStatistics().heap_size_limit;

/** Milliseconds for which the lists of models are kept: the workers of a fleet may be many. */
const CATALOGUE_KEPT = 1000;

/** Makes the HTTP server of a queue, which must have workers of its own or elsewhere. */
export async function createApp(options: AppOptions): Promise<App> {
  const { queue, settings = {}, styles = [], refresh = async () => undefined } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const app = fastify({
    bodyLimit: limits.body,
    trustProxy: options.trustProxy ?? false,
    // Clients of AUTOMATIC1111 send numbers as strings; unknown fields are kept, since they are no error.
    ajv: { customOptions: { coerceTypes: true, removeAdditional: false, allowUnionTypes: true } },
    routerOptions: { ignoreTrailingSlash: true },
  }).withTypeProvider<TypeBoxTypeProvider>();
  const catalogue = recent(CATALOGUE_KEPT, async () =>
    mergeCatalogues((await queue.offers()).map((offer) => offer.catalogue as Catalogue)),
  );
  const firstModel = async () => (await catalogue()).models[0]?.name ?? "";
  const services: Services = {
    queue,
    limits,
    catalogue,
    styles,
    hasPage: options.page !== undefined,
    refresh: () => refresh().finally(catalogue.forget),
    submitter: new Submitter(queue, limits, catalogue),
    settings: new SettingsStore(queue, settings, firstModel),
  };
  app.setErrorHandler((error, _request, reply) => {
    const { code, message, ...problem } = problemOf(error);
    return sendProblem(reply, { code, message, ...problem }, { error: { code, message } });
  });
  await addPlugins(app, options);
  if (options.page !== undefined) await addPage(app, options.page);
  await app.register(a1111Routes, { ...services, prefix: "/sdapi/v1" });
  await app.register(controlnetRoutes, { ...services, prefix: "/controlnet" });
  await app.register(openaiRoutes, { ...services, prefix: "/v1" });
  await app.register(jobRoutes, services);
  await app.register(statusRoutes, services);
  return app;
}

async function addPlugins(app: FastifyInstance, options: AppOptions): Promise<void> {
  const { origins = [], rate } = options;
  addGuard(app, options);
  if (origins.length > 0) {
    await app.register(cors, { origin: origins.includes("*") ? true : [...origins], strictPreflight: false });
  }
  if (rate !== undefined) {
    await app.register(rateLimit, {
      max: rate,
      timeWindow: 60_000,
      keyGenerator: clientOf,
      allowList: ({ url }: { url: string }) => url === "/health",
    });
  }
  await app.register(underPressure, { maxHeapUsedBytes: MAX_HEAP });
  await app.register(swagger, {
    openapi: { openapi: "3.1.0", info: { title: "sunstep server", version } },
  });
  addMetrics(app, options.queue);
}
