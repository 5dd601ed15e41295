import { abortable } from "@sunstep/errors";
import { listModels, unknownModel } from "../builtin-models.js";
import { registryError } from "../errors.js";
import { parseModelReference, withRevision } from "../model-reference.js";
import { resolveHub } from "./hub/resolve-hub.js";
import { decideSettings, type ResolveOptions, type Settings } from "./options.js";
import { localPath, resolveLocal } from "./resolve-local.js";
import type { ResolvedModel } from "./resolved-model.js";
import { resolveUrl } from "./url/resolve-url.js";

/**
 * Resolves a model to files on this machine: `model` is a name (`listModels`), a folder or file, an https URL of one
 * .safetensors file, or a hub id `owner/name[@revision][:path]`. Missing files are downloaded, checked and cached.
 * @throws SunstepError with a code of `registryErrors`, or ABORTED
 */
export async function resolveModel(model: string, options: ResolveOptions = {}): Promise<ResolvedModel> {
  return abortable(options.signal, `resolving ${model}`, () => resolveNamed(model, options));
}

async function resolveNamed(model: string, options: ResolveOptions): Promise<ResolvedModel> {
  const settings = decideSettings(options);
  // A name means the same in every folder; write ./name for a folder of that name.
  const entry = listModels(options.names).find(({ name }) => name === model);
  const resolved = await resolveSource(entry?.source ?? model, model, settings, options);
  settings.onProgress({ status: "ready", name: model });
  return resolved;
}

async function resolveSource(
  source: string,
  name: string,
  settings: Settings,
  options: ResolveOptions,
): Promise<ResolvedModel> {
  // As in diffusers, the disk comes first: a folder may be called owner/name.
  const local = await resolveLocal(source, settings.env, options.component);
  if (local !== undefined) return local;
  const reference = parseModelReference(source);
  switch (reference.kind) {
    case "url":
      return resolveUrl(settings, reference.url, name, settings.sha256);
    case "hub":
      return resolveHub(settings, withRevision(reference, options.revision), name, options);
    case "name":
      throw unknownModel(source, options.names);
    case "path": {
      const path = localPath(reference.path, settings.env);
      throw registryError("MODEL_NOT_FOUND", `there is no file or folder ${path}`, { file: path });
    }
  }
}
