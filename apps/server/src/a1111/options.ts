import { Type } from "typebox";
import { serverError } from "../errors.js";
import { choice, flag, given, integer, text } from "../http/schema.js";
import { type Catalogue, findListed, findModel } from "../library/catalogue.js";
import type { Settings } from "../settings.js";

/** The settings that can be written; others, such as those that a client sends back whole, have no effect. */
export const optionsSchema = Type.Object(
  {
    sd_model_checkpoint: text("name or title of the model"),
    sd_vae: text("name of the VAE; Automatic or None: the model's own"),
    CLIP_stop_at_last_layers: integer("clip skip; 1: none", { minimum: 1, maximum: 12 }),
    samples_format: choice("format of images", "png", "jpg", "jpeg", "webp"),
    jpeg_quality: integer("quality of JPEG and WebP", { minimum: 1, maximum: 100 }),
    live_previews_enable: flag("show images of the steps in progress"),
    randn_source: choice("generator of noise", "GPU", "CPU", "NV"),
    sunstep_most_steps: integer("steps at most of a model of few steps; 0: its own number", {
      minimum: 0,
      maximum: 150,
    }),
  },
  { additionalProperties: true },
);

const names = Object.keys(optionsSchema.properties);

/** Takes the known settings, and turns titles into names. @throws MODEL_UNKNOWN, VAE_UNKNOWN */
export function readOptions(
  body: Readonly<Record<string, unknown>>,
  catalogue: Catalogue,
): Partial<Settings> {
  const known = given(Object.fromEntries(names.map((name) => [name, body[name]]))) as Partial<Settings>;
  const { sd_model_checkpoint: model, sd_vae: vae } = known;
  return {
    ...known,
    ...(model !== undefined && { sd_model_checkpoint: findModel(catalogue, model).name }),
    ...(vae !== undefined && { sd_vae: vaeName(vae, catalogue) ?? "Automatic" }),
  };
}

/** Undefined for the model's own. */
export function vaeName(wanted: string, { vaes }: Catalogue): string | undefined {
  if (["automatic", "none", ""].includes(wanted.toLowerCase())) return undefined;
  const found = findListed(vaes, wanted);
  if (found) return found.name;
  const known = vaes.map(({ name }) => name).join(", ") || "none";
  throw serverError("VAE_UNKNOWN", `VAE ${JSON.stringify(wanted)} is not served; there are ${known}`, {
    wanted,
  });
}
