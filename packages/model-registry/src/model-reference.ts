import { registryError } from "./errors.js";
import { defaultHubEndpoint, isLoopback } from "./hub-url.js";
import { isSafeRelativePath } from "./relative-path.js";

/** A model reference, parsed but not looked up. */
export type ModelReference =
  | { readonly kind: "path"; readonly path: string }
  | { readonly kind: "url"; readonly url: string }
  | HubReference
  | { readonly kind: "name"; readonly name: string };

export interface HubReference {
  readonly kind: "hub";
  /** "owner/name" */
  readonly repository: string;
  /** Branch, tag or commit. */
  readonly revision?: string;
  /** A file or a folder of the repository. */
  readonly path?: string;
}

// The hub's own rule for names: letters, digits, "-", "_" and ".", neither "--" nor ".." (huggingface_hub,
// utils/_validators.py).
const repositoryPattern = /^[\w-][\w.-]*\/[\w.-]*[\w-]$/;

export function isHubRepository(text: string): boolean {
  return text.length <= 96 && repositoryPattern.test(text) && !/--|\.\.|\.git$/.test(text);
}

/** Revisions become file names in the cache (`refs/<revision>`): the same rules as for paths hold. */
export function isRevision(text: string): boolean {
  return isSafeRelativePath(text) && /^[\w./+-]+$/.test(text);
}

/**
 * Parses a file or folder path, an https URL, a hub id `owner/name[@revision][:path]`, the URL of a hub page, or a plain
 * name. Looks nothing up: the caller checks whether `owner/name` is a folder.
 */
export function parseModelReference(text: string): ModelReference {
  if (text === "" || text.includes("\0")) throw invalid(text, "it is empty or has a zero character");
  if (/^file:\/\//i.test(text)) return { kind: "path", path: text };
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return parseUrl(text);
  if (/^(\.{0,2}[\\/]|\.{1,2}$|~([\\/]|$)|[a-z]:[\\/])/i.test(text)) return { kind: "path", path: text };
  if (/^[^/\\:@]+$/.test(text)) {
    return text.includes(".safetensors") ? { kind: "path", path: text } : { kind: "name", name: text };
  }
  const [, repository = "", revision, path] = /^([^@:]*)(?:@([^:]*))?(?::(.*))?$/s.exec(text) ?? [];
  if (
    revision === undefined &&
    path === undefined &&
    (!isHubRepository(text) || text.endsWith(".safetensors"))
  ) {
    return { kind: "path", path: text };
  }
  return hubReference(text, repository, revision, path);
}

/** Applies the revision of an option to `reference`. Throws if the text names another one. */
export function withRevision(reference: HubReference, revision: string | undefined): HubReference {
  if (revision === undefined || revision === reference.revision) return reference;
  if (reference.revision !== undefined) {
    throw invalid(
      `${reference.repository}@${reference.revision}`,
      `the option asks for revision ${revision}`,
    );
  }
  return hubReference(reference.repository, reference.repository, revision, reference.path);
}

function hubReference(text: string, repository: string, revision?: string, path?: string): HubReference {
  if (!isHubRepository(repository))
    throw invalid(text, `"${repository}" is not a hub id of the form owner/name`);
  if (revision !== undefined && !isRevision(revision)) {
    throw invalid(text, `"${revision}" is not a branch, tag or commit`);
  }
  if (path !== undefined && !isSafeRelativePath(path)) {
    throw invalid(text, `"${path}" is not a path inside the repository`);
  }
  return {
    kind: "hub",
    repository,
    ...(revision === undefined ? {} : { revision }),
    ...(path === undefined ? {} : { path }),
  };
}

function parseUrl(text: string): ModelReference {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw invalid(text, "the URL is malformed");
  }
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url))) {
    throw invalid(`${url.protocol}//${url.host}`, "models are downloaded over https only");
  }
  if (url.username !== "" || url.password !== "")
    throw invalid(url.host, "the URL holds a user name or password");
  if (url.origin !== defaultHubEndpoint) return { kind: "url", url: url.href };
  return parseHubPage(url);
}

/** https://huggingface.co/owner/name[/(resolve|blob|tree)/revision[/path]] */
function parseHubPage(url: URL): ModelReference {
  let parts: string[];
  try {
    parts = url.pathname.slice(1).replace(/\/$/, "").split("/").map(decodeURIComponent);
  } catch {
    throw invalid(url.href, "the URL is malformed");
  }
  const [owner = "", name = "", view, revision, ...path] = parts;
  if (view !== undefined && !["resolve", "blob", "tree"].includes(view))
    return { kind: "url", url: url.href };
  return hubReference(url.href, `${owner}/${name}`, revision, path.length > 0 ? path.join("/") : undefined);
}

function invalid(text: string, reason: string) {
  return registryError(
    "MODEL_NAME_INVALID",
    `${JSON.stringify(text.slice(0, 200))} does not name a model: ${reason}. Give a folder, a .safetensors file, an https URL, or a hub id such as owner/name, owner/name@revision or owner/name:path/file.safetensors`,
    { model: text },
  );
}
