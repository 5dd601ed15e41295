// The lists that AUTOMATIC1111's clients fill their menus with, and what else they ask for at their start.

import { totalmem } from "node:os";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { schedulerPresets } from "@sunstep/scheduler/presets";
import { serverError } from "../errors.js";
import type { Services } from "../services.js";
import { imageUpscalers, latentUpscalers } from "./hires.js";

const presets = Object.entries(schedulerPresets);
const unique = <T>(values: readonly T[]) => [...new Set(values)];

const samplers = unique(presets.map(([, { a1111 }]) => a1111.sampler)).map((name) => ({
  name,
  aliases: [],
  options: {},
}));

/** "Automatic" is the spacing that AUTOMATIC1111 prefers for a sampler. */
const schedulers = [
  { name: "automatic", label: "Automatic" },
  ...unique(presets.flatMap(([, { a1111 }]) => a1111.scheduleType ?? [])).map((label) => ({
    name: label.toLowerCase().replaceAll(" ", "_"),
    label,
  })),
].map((scheduler) => ({ ...scheduler, aliases: null, default_rho: -1, need_inner_model: false }));

const upscaler = (name: string) => ({
  name,
  model_name: null,
  model_path: null,
  model_url: null,
  scale: 4,
});

/** Lists that are the same for every server. Clients put other upscalers after the first, "None". */
const fixed: Readonly<Record<string, unknown>> = {
  samplers,
  schedulers,
  upscalers: Object.keys(imageUpscalers).map(upscaler),
  "latent-upscale-modes": Object.keys(latentUpscalers).map((name) => ({ name })),
  scripts: { txt2img: [], img2img: [] },
  "script-info": [],
  hypernetworks: [],
  "face-restorers": [],
  "realesrgan-models": [],
  "sd-modules": [],
};

/** Functions of AUTOMATIC1111 that there are not: the error says so, in its form. */
const missing: Readonly<Record<string, string>> = {
  interrogate: "interrogate: this server has no model that describes images",
  "extra-single-image": "extra-single-image: this server has no upscalers",
  "extra-batch-images": "extra-batch-images: this server has no upscalers",
};

export const listRoutes: FastifyPluginAsyncTypebox<Services> = async (
  app,
  { catalogue, styles, refresh },
) => {
  for (const [name, list] of Object.entries(fixed)) app.get(`/${name}`, async () => list);

  for (const [name, message] of Object.entries(missing))
    app.post(`/${name}`, async () => {
      throw serverError("UNSUPPORTED", message);
    });

  app.get("/sd-models", async () =>
    (await catalogue()).models.map(({ name, file }) => ({
      title: file,
      model_name: name,
      hash: null,
      sha256: null,
      filename: file,
      config: null,
    })),
  );

  app.get("/sd-vae", async () =>
    (await catalogue()).vaes.map(({ file }) => ({ model_name: file, filename: file })),
  );

  app.get("/prompt-styles", async () => styles);

  app.get("/loras", async () =>
    (await catalogue()).loras.map(({ name, file }) => ({ name, alias: name, path: file, metadata: {} })),
  );

  app.get("/embeddings", async () => ({
    loaded: Object.fromEntries((await catalogue()).embeddings.map(({ name }) => [name, {}])),
    skipped: {},
  }));

  for (const name of ["refresh-checkpoints", "refresh-embeddings", "refresh-loras", "refresh-vae"])
    app.post(`/${name}`, async (_request, reply) => {
      await refresh();
      return reply.type("application/json").send("null");
    });

  app.get("/cmd-flags", async () => ({ api: true, nowebui: true }));

  app.get("/memory", async () => {
    const { rss } = process.memoryUsage();
    const total = totalmem();
    return {
      ram: { free: total - rss, used: rss, total },
      cuda: { error: "images are computed on the CPU" },
    };
  });
};
