import type { JobQueue } from "@sunstep/jobs";
import type { FastifyInstance } from "fastify";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { problemOf } from "./status.js";

/** Serves /metrics, in the form of Prometheus. */
export function addMetrics(app: FastifyInstance, queue: JobQueue): void {
  const register = new Registry();
  collectDefaultMetrics({ register });
  new Gauge({
    name: "sunstep_jobs",
    help: "Jobs that wait or run",
    labelNames: ["state"],
    registers: [register],
    async collect() {
      const { waiting, running } = await queue.counts();
      this.set({ state: "waiting" }, waiting);
      this.set({ state: "running" }, running);
    },
  });
  const requests = new Histogram({
    name: "sunstep_request_seconds",
    help: "Duration of requests",
    labelNames: ["route", "status"],
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 300],
    registers: [register],
  });
  const errors = new Counter({
    name: "sunstep_errors_total",
    help: "Requests that ended with an error, by its code",
    labelNames: ["code"],
    registers: [register],
  });
  app.addHook("onResponse", async (request, reply) => {
    const route = request.routeOptions.url ?? "none";
    requests.observe({ route, status: reply.statusCode }, reply.elapsedTime / 1000);
  });
  app.addHook("onError", async (_request, _reply, error) => {
    errors.inc({ code: problemOf(error).code });
  });
  app.get("/metrics", { schema: { hide: true } }, async (_request, reply) =>
    reply.type(register.contentType).send(await register.metrics()),
  );
}
