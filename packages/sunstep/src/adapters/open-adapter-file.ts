import { openSafetensors, type SafetensorsFile } from "@sunstep/checkpoint";
import { sunstepError } from "../errors.js";
import type { Find } from "../loading/find-files.js";
import { type AdapterSource, nameOf } from "../loading/model-source.js";

/** @throws SunstepError ADAPTER_IS_FOLDER, codes of `checkpointErrors` and `registryErrors` */
export async function openAdapterFile(
  source: AdapterSource,
  find: Find,
  signal: AbortSignal | undefined,
): Promise<SafetensorsFile> {
  const { files } = await find(source, { signal });
  if ("read" in files) return openSafetensors(files);
  const file = nameOf(source);
  throw sunstepError("ADAPTER_IS_FOLDER", `${file} is a folder: give the adapter's .safetensors file`, {
    file,
  });
}
