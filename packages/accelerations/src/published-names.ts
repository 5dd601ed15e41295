/** Names that many published files share, so that only their folder tells them apart. */
const GENERAL = /^(pytorch-lora-weights|adapter-model|diffusion-pytorch-model|model|unet|delta-weights)(-|$)/;
/** Folders that say nothing: those of networks and of the hub's cache. */
const UNTOLD = /^(unet|snapshots|main|resolve|[0-9a-f]{40})$/;

/**
 * Returns the names that may tell what a file is, in small letters with hyphens between words: "Hyper-SD15-4steps-lora" is
 * "hyper-sd15-4steps-lora". Of a file with a general name, also the folder or the repository that it lies in.
 * @param source a path, URL or hub id `owner/name:file`
 */
export function publishedNames(source: string): readonly string[] {
  const parts = source
    .replace(/[?#].*$/, "")
    .split(/[/\\:]/)
    .map((part) => part.replace(/^models--.*--/, ""))
    .filter((part) => part !== "" && !UNTOLD.test(part));
  const last = plainName(parts.at(-1) ?? "");
  const folder = parts.at(-2);
  return GENERAL.test(last) && folder !== undefined ? [last, plainName(folder)] : [last];
}

/** Brings the spellings of a name to one. */
export function plainName(name: string): string {
  return name
    .replace(/\.(safetensors|bin|json)$/i, "")
    .toLowerCase()
    .replace(/[_\s.]+/g, "-");
}
