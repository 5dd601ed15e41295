import {
  type AdaptableWeights,
  type ByteSource,
  type FileTree,
  type JsonObject,
  openSafetensors,
  readJsonFile,
} from "@sunstep/checkpoint";
import { loraError } from "../errors.js";
import type { Lora } from "../lora.js";
import { readLora } from "./read.js";

/** Names of adapter files in folders: PEFT's, diffusers'. */
const ADAPTER_FILES = ["adapter_model.safetensors", "pytorch_lora_weights.safetensors"] as const;
const CONFIG_FILE = "adapter_config.json";
/** Folders of scripts that save a PEFT adapter for each network. */
const NETWORK_FOLDERS = ["", "unet/", "text_encoder/"] as const;

export interface OpenLoraOptions {
  /** The folder that a single file lies in. PEFT's adapter_config.json is read there. */
  readonly beside?: FileTree;
}

/**
 * Opens a LoRA: one file, or a folder of PEFT or diffusers with one adapter, or with one for each network. PEFT's
 * adapter_config.json beside a file gives its strength.
 * @throws SunstepError LORA_…, CHECKPOINT_…
 */
export async function openLora(
  files: FileTree | ByteSource,
  model: AdaptableWeights,
  { beside }: OpenLoraOptions = {},
): Promise<Lora> {
  const adapters =
    "read" in files ? [{ source: files, config: await configIn(beside) }] : await adaptersIn(files);
  const loras = await Promise.all(
    adapters.map(async ({ source, config }) =>
      readLora(await openSafetensors(source), model, config && { config }),
    ),
  );
  return {
    targets: loras.flatMap(({ targets }) => targets),
    unknown: loras.flatMap(({ unknown }) => unknown),
    embeddings: loras.flatMap(({ embeddings = [] }) => embeddings),
    warnings: loras.flatMap(({ warnings }) => warnings),
  };
}

interface Adapter {
  readonly source: ByteSource;
  readonly config: JsonObject | undefined;
}

async function adaptersIn(files: FileTree): Promise<readonly Adapter[]> {
  const paths = await files.list();
  const listed = NETWORK_FOLDERS.flatMap((folder) => {
    const name = ADAPTER_FILES.find((file) => paths.includes(folder + file));
    return name === undefined ? [] : [{ folder, path: folder + name }];
  });
  const others = paths.filter((path) => /^[^/]+\.safetensors$/.test(path));
  const found = listed.length > 0 || others.length !== 1 ? listed : [{ folder: "", path: others[0]! }];
  if (found.length === 0) {
    throw loraError(
      "LORA_FILE_MISSING",
      `${files.name ?? "the folder"}: there is no ${ADAPTER_FILES.join(" and no ")} in it` +
        (others.length > 0 ? `. Give one of its files: ${others.slice(0, 5).join(", ")}` : ""),
      { files: others },
    );
  }
  return Promise.all(
    found.map(async ({ folder, path }) => {
      const source = (await files.open(path))!;
      return { source, config: await configIn(files, folder) };
    }),
  );
}

async function configIn(files: FileTree | undefined, folder = ""): Promise<JsonObject | undefined> {
  const config = await files?.open(folder + CONFIG_FILE);
  return config && readJsonFile(config);
}
