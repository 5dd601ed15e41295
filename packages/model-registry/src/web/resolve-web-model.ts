import { registryError } from "../errors.js";
import type { OnProgress } from "../progress.js";
import type { SelectOptions } from "../select-files.js";
import { fetchFile, fetchIfThere } from "./fetch-file.js";
import { optionalFiles, requiredFiles, weightFiles } from "./folder-files.js";

export interface WebResolveOptions {
  readonly variant?: SelectOptions["variant"];
  /** Further names, with the addresses of their files. */
  readonly names?: Readonly<Record<string, Readonly<Record<string, URL>>>>;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/** A model in the browser. */
export type WebModel =
  | { readonly kind: "file"; readonly name: string; readonly blob: Blob }
  /** Files by their paths in a diffusers folder. */
  | { readonly kind: "folder"; readonly files: Readonly<Record<string, Blob>> };

/**
 * The files of a model: `model` is a name of `names`, the address of a .safetensors file, or that of a folder in
 * diffusers' layout, with a slash at its end.
 * @throws SunstepError with a code of `registryErrors`, or the signal's reason
 */
export async function resolveWebModel(model: string, options: WebResolveOptions = {}): Promise<WebModel> {
  const { names = {}, onProgress } = options;
  const resolved = await resolveSource(model, names[model], options);
  onProgress?.({ status: "ready", name: model });
  return resolved;
}

async function resolveSource(
  model: string,
  own: Readonly<Record<string, URL>> | undefined,
  options: WebResolveOptions,
): Promise<WebModel> {
  if (own) return { kind: "folder", files: await fetchAll(model, own, options) };
  const { href, pathname } = new URL(model, globalThis.document?.baseURI ?? location.href);
  if (pathname.endsWith("/")) return { kind: "folder", files: await fetchFolder(model, href, options) };
  const name = decodeURIComponent(pathname.split("/").at(-1)!);
  return { kind: "file", name, blob: await fetchFile(href, { ...options, name: model, file: name }) };
}

async function fetchAll(
  name: string,
  files: Readonly<Record<string, URL>>,
  options: WebResolveOptions,
): Promise<Record<string, Blob>> {
  const fetched = Object.entries(files).map(async ([path, url]) => {
    return [path, await fetchFile(url.href, { ...options, name, file: path })] as const;
  });
  return Object.fromEntries(await Promise.all(fetched));
}

async function fetchFolder(
  name: string,
  folder: string,
  options: WebResolveOptions,
): Promise<Record<string, Blob>> {
  const at = (file: string) => [new URL(file, folder).href, { ...options, name, file }] as const;
  const required = requiredFiles.map(async (file) => [file, await fetchFile(...at(file))] as const);
  const optional = optionalFiles.map(async (file) => [file, await fetchIfThere(...at(file))] as const);
  const weights = weightFiles(options.variant).map(async (candidates) => {
    for (const file of candidates) {
      const blob = await fetchIfThere(...at(file));
      if (blob) return [file, blob] as const;
    }
    throw registryError("MODEL_FILE_NOT_FOUND", `${name} has no ${candidates.join(" or ")}`, {
      file: candidates[0],
    });
  });
  const found = await Promise.all([...required, ...optional, ...weights]);
  return Object.fromEntries(
    found.filter((entry): entry is readonly [string, Blob] => entry[1] !== undefined),
  );
}
