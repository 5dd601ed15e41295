import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { serverError } from "../errors.js";
import type { Services } from "../services.js";
import { sendA1111Problem } from "./send-problem.js";

const modules = { module_list: ["none"], module_detail: { none: { model_free: false, sliders: [] } } };

/** The routes of AUTOMATIC1111's ControlNet extension. */
export const controlnetRoutes: FastifyPluginAsyncTypebox<Services> = async (app, { catalogue }) => {
  app.setErrorHandler(sendA1111Problem);

  const names = async () => (await catalogue()).controlnets.map(({ name }) => name);

  app.get("/version", async () => ({ version: 3 }));
  app.get("/settings", async () => ({ control_net_unit_count: 3 }));
  app.get("/module_list", async () => modules);
  app.get("/model_list", async () => ({ model_list: await names() }));
  app.get("/control_types", async () => {
    const model_list = ["None", ...(await names())];
    const all = {
      module_list: modules.module_list,
      model_list,
      default_option: "none",
      default_model: model_list[1] ?? "None",
    };
    return { control_types: { All: all } };
  });
  app.post("/detect", async () => {
    throw serverError("UNSUPPORTED", "detect: this server has no preprocessors");
  });
};
