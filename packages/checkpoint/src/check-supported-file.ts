import { checkpointError } from "./errors.js";
import { identify, identityName, isSupported } from "./identify.js";
import type { SafetensorsFile } from "./safetensors/open.js";

/**
 * Refuses a file of a kind that no package opens, such as a checkpoint of Stable Diffusion 3. Its header is enough, so a
 * download can stop where the header ends. A file of unknown kind passes.
 * @throws SunstepError CHECKPOINT_UNSUPPORTED
 */
export function checkSupportedFile(file: SafetensorsFile): void {
  const identity = identify(file);
  const { kind, architecture } = identity;
  const isModel = kind === "checkpoint" || kind === "unet";
  const supported =
    isModel && architecture !== undefined
      ? isSupported(identity)
      : kind !== "controlnet" && identity.unsupported === undefined;
  if (supported) return;
  const { name } = file.source;
  throw checkpointError(
    "CHECKPOINT_UNSUPPORTED",
    `${name}: this is ${identity.unsupported ?? identityName(identity)}, which is not supported yet`,
    { file: name, kind, architecture },
  );
}
