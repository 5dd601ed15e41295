import { findModel, listModels } from "../builtin-models.js";
import { registryError } from "../errors.js";
import { type ModelReference, parseModelReference, withRevision } from "../model-reference.js";
import { decideSettings, type ResolveOptions, type Settings } from "./options.js";
import { resolveHub } from "./resolve-hub.js";
import { localPath, resolveLocal } from "./resolve-local.js";
import { resolveUrl } from "./resolve-url.js";
import type { ResolvedModel } from "./resolved-model.js";

/**
 * The files of a model, on this machine: `model` is a name (`listModels`), a folder or file, an https URL of one
 * .safetensors file, or a hub id `owner/name[@revision][:path]`. What is not here is downloaded, checked and cached.
 * Throws `SunstepError` with a code of `registryErrors`, or the signal's reason.
 */
export async function resolveModel(model: string, options: ResolveOptions = {}): Promise<ResolvedModel> {
  options.signal?.throwIfAborted();
  const settings = decideSettings(options);
  const resolved = await resolveReference(parseModelReference(model), model, settings, options);
  settings.onProgress({ status: "ready", name: model });
  return resolved;
}

async function resolveReference(
  reference: ModelReference,
  name: string,
  settings: Settings,
  options: ResolveOptions,
): Promise<ResolvedModel> {
  switch (reference.kind) {
    case "path":
      return requireLocal(reference.path, settings);
    case "url":
      return resolveUrl(settings, reference.url, name, options.sha256?.toLowerCase());
    case "hub":
      // As for diffusers, a folder that is called owner/name comes first.
      return (
        (await resolveLocal(name, settings.env)) ??
        resolveHub(settings, withRevision(reference, options.revision), name, options.variant)
      );
    case "name":
      return resolveName(reference.name, settings, options);
  }
}

/** A name means the same everywhere: a folder that is called like it is written ./name. */
async function resolveName(
  name: string,
  settings: Settings,
  options: ResolveOptions,
): Promise<ResolvedModel> {
  const known = listModels(options.names).some((entry) => entry.name === name);
  const local = known ? undefined : await resolveLocal(name, settings.env);
  if (local !== undefined) return local;
  const source = parseModelReference(findModel(name, options.names).source);
  if (source.kind === "name") {
    throw registryError("MODEL_UNKNOWN", `the name "${name}" stands for another name, "${source.name}"`, {
      model: name,
    });
  }
  return resolveReference(source, name, settings, options);
}

async function requireLocal(path: string, settings: Settings): Promise<ResolvedModel> {
  const found = await resolveLocal(path, settings.env);
  if (found !== undefined) return found;
  const absolute = localPath(path, settings.env);
  throw registryError("MODEL_NOT_FOUND", `there is no file or folder ${absolute}`, { file: absolute });
}
