import { abortable } from "@sunstep/errors";
import { listModels, unknownModel } from "../builtin-models.js";
import { printableUrl } from "../hub-url.js";
import { inspectLink } from "../inspect-header.js";
import { parseModelReference, withRevision } from "../model-reference.js";
import { fetchFile } from "./fetch-file.js";
import { fetchFiles } from "./fetch-files.js";
import type { WebModel, WebResolveOptions } from "./web-model.js";

/**
 * Resolves a model to its files: `model` is a name (`listModels`, `names`), an address on the page's own server (a
 * .safetensors file, or a folder of diffusers or of ONNX graphs with a slash at its end), an https URL of a .safetensors
 * file, or a hub id `owner/name[@revision][:path]`. Files from other servers are kept in the browser's storage.
 * @throws SunstepError with a code of `registryErrors`, or ABORTED
 */
export async function resolveWebModel(model: string, options: WebResolveOptions = {}): Promise<WebModel> {
  const { signal, onProgress } = options;
  return abortable(signal, `resolving ${model}`, async () => {
    const resolved = await resolveSource(model, options);
    onProgress?.({ status: "ready", name: model });
    return resolved;
  });
}

// Downloads from other servers are a third of the package: pages that serve their own models do not load them. Folders are
// loaded apart, since the embedded model is files of known addresses.
async function resolveSource(model: string, options: WebResolveOptions): Promise<WebModel> {
  const { names = [], served = {}, revision } = options;
  const own = Object.hasOwn(served, model) ? served[model] : undefined;
  if (own) return { kind: "folder", files: await fetchFiles(model, own, options) };
  const source = listModels(names).find(({ name }) => name === model)?.source ?? model;
  const here = ownAddress(source);
  if (here?.pathname.endsWith("/")) {
    const { fetchFolder } = await import("./fetch-folder.js");
    return { kind: "folder", files: await fetchFolder(model, here.href, options) };
  }
  if (here) {
    const name = fileName(here);
    return { kind: "file", name, blob: await fetchFile(here.href, { ...options, name: model, file: name }) };
  }
  const reference = parseModelReference(source);
  switch (reference.kind) {
    case "url":
      return downloadUrl(reference.url, model, options);
    case "hub": {
      const { hubFiles } = await import("./hub-files.js");
      return hubFiles(withRevision(reference, revision), model, options);
    }
    default:
      throw unknownModel(source, names);
  }
}

/** Returns the address if the text is one on the page's own server, which plain names and hub ids are not. */
function ownAddress(text: string): URL | undefined {
  const base = globalThis.document?.baseURI ?? location.href;
  const isRelative = /^\.{0,2}\//.test(text) || /^[^/:@]+\.safetensors$/i.test(text);
  const isAbsolute = /^(https?|blob):/i.test(text) && URL.canParse(text);
  if (!isRelative && !isAbsolute) return undefined;
  const url = new URL(text, base);
  return url.origin === location.origin ? url : undefined;
}

async function downloadUrl(url: string, name: string, options: WebResolveOptions): Promise<WebModel> {
  const file = fileName(new URL(url));
  const { sha256, signal, onProgress, retry } = options;
  const checksum =
    sha256 === undefined ? undefined : ({ algorithm: "sha256", hex: sha256.toLowerCase() } as const);
  const { download } = await import("./download/download.js");
  const blob = await download({
    subject: { url },
    name,
    file,
    checksum,
    signal,
    onProgress,
    retry,
    inspect: inspectLink(printableUrl(url)),
  });
  return { kind: "file", name: file, blob };
}

function fileName(url: URL): string {
  const last = url.pathname.split("/").at(-1) ?? "";
  try {
    return decodeURIComponent(last) || printableUrl(url);
  } catch {
    return last;
  }
}
