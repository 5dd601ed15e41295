import { parseParameters } from "@sunstep/image";
import { version } from "sunstep";
import type { Submitted } from "../http/submit.js";
import type { ReadRequest } from "./request.js";

/** The settings of a finished request as AUTOMATIC1111 returns them, in a string of JSON. */
export function infoOf(
  { input, result, model, job }: Submitted,
  { styles, warnings: notes }: Pick<ReadRequest, "styles" | "warnings">,
): string {
  const { images } = result;
  const warnings = [...notes, ...result.warnings];
  const seeds = images.map(({ seed }) => seed);
  const negative = input.negativePrompt ?? "";
  return JSON.stringify({
    prompt: input.prompt,
    all_prompts: images.map(() => input.prompt),
    negative_prompt: negative,
    all_negative_prompts: images.map(() => negative),
    seed: input.seed,
    all_seeds: seeds,
    subseed: input.seed,
    all_subseeds: seeds,
    subseed_strength: 0,
    width: images[0]?.width ?? result.width,
    height: images[0]?.height ?? result.height,
    sampler_name: parseParameters(images[0]?.parameters ?? "").settings.get("Sampler") ?? null,
    // 1 is AUTOMATIC1111's spelling of no guidance.
    cfg_scale: Math.max(1, result.guidanceScale),
    steps: result.steps,
    batch_size: images.length,
    restore_faces: false,
    face_restoration_model: null,
    sd_model_name: model.name,
    sd_model_hash: null,
    sd_vae_name: input.vae ?? null,
    sd_vae_hash: null,
    seed_resize_from_w: -1,
    seed_resize_from_h: -1,
    denoising_strength: input.strength ?? input.hires?.strength ?? null,
    extra_generation_params: warnings.length > 0 ? { "sunstep notes": warnings.join("; ") } : {},
    index_of_first_image: 0,
    infotexts: images.map(({ parameters }) => parameters),
    styles,
    job_timestamp: timestamp(job.created),
    clip_skip: (input.clipSkip ?? 0) + 1,
    is_using_inpainting_conditioning: false,
    version: `sunstep ${version}`,
  });
}

/** Local time as "20261128114500". */
export function timestamp(time: number): string {
  const local = new Date(time - new Date(time).getTimezoneOffset() * 60_000);
  return local.toISOString().replace(/\D/g, "").slice(0, 14);
}
