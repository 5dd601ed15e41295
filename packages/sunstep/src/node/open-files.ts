import {
  type Checkpoint,
  type Component,
  openCheckpoint,
  openComponent,
  openSafetensors,
  type SafetensorsFile,
  type TaesdConfig,
  type TokenizerFiles as TokenizerSources,
} from "@sunstep/checkpoint";
import { fileSource, folderTree } from "@sunstep/checkpoint/node";
import type { ResolvedModel } from "@sunstep/model-registry/node";
import {
  type ClipTokenizer,
  clipTokenizerFiles,
  createTokenizer,
  type TokenizerFiles,
} from "@sunstep/tokenizer";
import { sunstepError } from "../errors.js";
import type { FromPretrainedOptions } from "./from-pretrained-options.js";

/** Opens a model that is on this machine: headers and configs are read, weights are not. */
export async function openModelFiles(
  { kind, path }: ResolvedModel,
  { variant, predictionType, config }: FromPretrainedOptions,
): Promise<Checkpoint> {
  const files = kind === "folder" ? folderTree(path) : await fileSource(path);
  return openCheckpoint(files, {
    ...(variant !== undefined && { variant }),
    ...(predictionType && { predictionType }),
    ...(config && { config }),
  });
}

export async function openTaesd({ kind, path }: ResolvedModel): Promise<Component<TaesdConfig>> {
  if (kind === "folder") return openComponent("taesd", folderTree(path));
  throw sunstepError(
    "TAESD_IS_FILE",
    `${path} is a file: a tiny autoencoder is a folder with its config.json`,
    { file: path },
  );
}

export async function openAdapterFile({ kind, path }: ResolvedModel): Promise<SafetensorsFile> {
  if (kind === "file") return openSafetensors(await fileSource(path));
  throw sunstepError("ADAPTER_IS_FOLDER", `${path} is a folder: give the adapter's .safetensors file`, {
    file: path,
  });
}

/** File names of a `tokenizer` folder, as the tokenizer package calls them. */
const tokenizerParts: Readonly<Record<string, keyof TokenizerFiles>> = {
  "vocab.json": "vocab",
  "merges.txt": "merges",
  "tokenizer.json": "tokenizer",
  "tokenizer_config.json": "tokenizerConfig",
  "special_tokens_map.json": "specialTokensMap",
};

/** The model's own tokenizer, or CLIP's for files that hold none; SD 2.x pads with "!". */
export async function openTokenizer({ tokenizer, architecture }: Checkpoint): Promise<ClipTokenizer> {
  if (!tokenizer)
    return createTokenizer(await clipTokenizerFiles(architecture === "sd2" ? { padToken: "!" } : {}));
  return createTokenizer(await readTokenizerFiles(tokenizer));
}

async function readTokenizerFiles(sources: TokenizerSources): Promise<TokenizerFiles> {
  const parts = await Promise.all(
    Object.entries(sources).flatMap(([name, source]) => {
      const part = tokenizerParts[name];
      return part
        ? [source.read(0, source.size).then((bytes) => [part, new TextDecoder().decode(bytes)] as const)]
        : [];
    }),
  );
  return Object.fromEntries(parts);
}
