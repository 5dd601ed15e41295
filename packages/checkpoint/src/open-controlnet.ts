import type { ByteSource } from "@sunstep/files";
import type { ControlNetConfig } from "./config/controlnet.js";
import { type OpenedComponent, openComponent } from "./diffusers/component.js";
import { checkpointError } from "./errors.js";
import type { FileTree } from "./file-tree.js";
import { openSafetensors } from "./safetensors/open.js";

export interface OpenControlNetOptions {
  /** The variant of a folder's files: "fp16" for diffusion_pytorch_model.fp16.safetensors. */
  readonly variant?: string;
  /** Fields of the config that a single file of unusual widths does not tell: numbers of heads and norm groups. */
  readonly config?: Partial<ControlNetConfig>;
}

/**
 * Opens a ControlNet: its diffusers folder, or one file in the original (`control_model.*`) or in diffusers' names.
 * @throws SunstepError CHECKPOINT_…
 */
export async function openControlNet(
  files: FileTree | ByteSource,
  { variant, config = {} }: OpenControlNetOptions = {},
): Promise<OpenedComponent<ControlNetConfig>> {
  if ("read" in files) return openFile(files, config);
  if (await files.open("config.json"))
    return openComponent("controlnet", files, { ...(variant && { variant }) });
  const single = (await files.list()).filter((path) => /^[^/]+\.safetensors$/.test(path));
  if (single.length === 1) return openFile((await files.open(single[0]!))!, config);
  throw checkpointError(
    "CHECKPOINT_FILE_MISSING",
    `${files.name ?? "the folder"}: there is no ControlNet in it: no config.json` +
      (single.length > 0 ? `. Give one of its files: ${single.slice(0, 5).join(", ")}` : ""),
    { file: "config.json", single },
  );
}

/** Pages whose ControlNets are folders do not load the original layouts' names. */
async function openFile(
  source: ByteSource,
  config: Partial<ControlNetConfig>,
): Promise<OpenedComponent<ControlNetConfig>> {
  const { openControlNetFile } = await import("./ldm/open-controlnet.js");
  return openControlNetFile(await openSafetensors(source), config);
}
