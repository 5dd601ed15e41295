// The bodies of OpenAI's image routes. Beside its own fields, those of Stable Diffusion stand at the top level.

import { type Static, Type } from "typebox";
import { serverError } from "../errors.js";
import { anything, choice, given, integer, number, text } from "../http/schema.js";
import type { PaintRequest } from "../http/submit.js";
import type { PaintHires } from "../paint/paint-input.js";

const common = {
  model: text("a name of /v1/models; OpenAI's own names stand for the first model"),
  n: integer("images", { minimum: 1, maximum: 64 }),
  size: text("WIDTHxHEIGHT in pixels, or auto: the model's own", 20),
  response_format: choice("b64_json by default", "url", "b64_json"),
  output_format: choice("png by default", "png", "jpeg", "webp"),
  output_compression: integer("quality of JPEG and WebP", { minimum: 0, maximum: 100 }),
  background: choice("images are opaque", "transparent", "opaque", "auto"),
  quality: text("has no effect", 50),
  style: text("has no effect", 50),
  moderation: text("has no effect", 50),
  input_fidelity: text("has no effect", 50),
  user: text("has no effect", 1000),
  stream: Type.Optional(
    Type.Unsafe<boolean | null>({ type: ["boolean", "null"], description: "send events" }),
  ),
  progress: Type.Optional(
    Type.Unsafe<boolean | null>({
      type: ["boolean", "null"],
      description: "with stream: an event for each step, with an image of it",
    }),
  ),
  partial_images: integer("images of steps among the events", { minimum: 0, maximum: 3 }),
  seed: integer("-1 or none: random", { minimum: -(2 ** 53) + 1, maximum: 2 ** 53 - 1 }),
  steps: integer("default: the model's", { minimum: 1, maximum: 1000 }),
  negative_prompt: text("read by models of four steps too"),
  guidance_scale: number("default: the model's", { minimum: 0, maximum: 100 }),
  clip_skip: integer("final layers of the text encoder to leave out", { minimum: 0, maximum: 11 }),
  random_source: choice("generator of noise; cpu by default", "cpu", "cuda"),
  hires: Type.Optional(
    Type.Unsafe<PaintHires | null>({
      type: ["object", "null"],
      description: "a second pass over the enlarged image",
      properties: {
        scale: { type: "number", minimum: 1, maximum: 8 },
        strength: { type: "number", minimum: 0.01, maximum: 1 },
        steps: { type: "integer", minimum: 1, maximum: 1000 },
        upscaler: { type: "string", enum: ["latent", "lanczos"] },
      },
      additionalProperties: false,
    }),
  ),
  scheduler: text("short name of a scheduler, such as euler or dpm++2m-karras", 100),
};

export const generationSchema = Type.Object(
  { prompt: Type.String({ maxLength: 100_000 }), ...common },
  { additionalProperties: true },
);

export const editSchema = Type.Object(
  {
    prompt: text("of the whole new image"),
    image: anything("PNG, JPEG or WebP file"),
    "image[]": anything("the same; only one image is taken"),
    mask: anything("PNG file; transparent where the image is painted anew"),
    strength: number("how far the image changes", { minimum: 0, maximum: 1 }),
    ...common,
  },
  { additionalProperties: true },
);

export type Edit = Static<typeof editSchema>;

/** OpenAI's own names, which some clients cannot change. */
const openaiModel = /^(gpt-image|chatgpt-image|dall-e)/;

/** Undefined for the server's own choice. */
export const modelOf = ({ model }: Pick<Edit, "model">): string | undefined =>
  model && !openaiModel.test(model) ? model : undefined;

/** @throws REQUEST_VALUE */
export function readGeneration(body: Edit): PaintRequest {
  const fields = given(body);
  if (fields.background === "transparent") {
    throw serverError(
      "REQUEST_VALUE",
      "background transparent: images are opaque here; leave it out, or take opaque",
    );
  }
  return {
    prompt: fields.prompt ?? "",
    count: fields.n ?? 1,
    format: fields.output_format ?? "png",
    ...readSize(fields.size),
    ...given({
      negativePrompt: fields.negative_prompt,
      seed: fields.seed,
      steps: fields.steps,
      guidanceScale: fields.guidance_scale,
      scheduler: fields.scheduler,
      quality: fields.output_compression,
      clipSkip: fields.clip_skip,
      hires: fields.hires,
      randomSource: fields.random_source,
    }),
    ...(fields.stream && (fields.partial_images || fields.progress) && { previews: "auto" as const }),
  };
}

function readSize(size = "auto") {
  if (size === "auto" || size === "") return {};
  const [, width, height] = /^(\d{1,5})x(\d{1,5})$/.exec(size) ?? [];
  if (width !== undefined && height !== undefined) return { width: Number(width), height: Number(height) };
  throw serverError(
    "REQUEST_VALUE",
    `size ${JSON.stringify(size)}: it must be WIDTHxHEIGHT, as in 512x512, or auto`,
  );
}

/** The files of an edit: @throws IMAGE_MISSING, REQUEST_VALUE */
export function filesOf(body: Edit): { readonly image: Uint8Array; readonly mask?: Uint8Array } {
  const images = [body.image, body["image[]"]].flat().filter((one) => one instanceof Uint8Array);
  const [image, ...more] = images;
  if (!image) throw serverError("IMAGE_MISSING", "image is missing: send it as a file of a multipart form");
  if (more.length > 0) {
    throw serverError("REQUEST_VALUE", `${images.length} images: an edit starts from one; send one image`);
  }
  return { image, ...(body.mask instanceof Uint8Array && { mask: body.mask }) };
}
