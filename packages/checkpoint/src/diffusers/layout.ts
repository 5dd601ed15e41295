// The files of a diffusers folder, as DiffusionPipeline.save_pretrained writes them. All that opens, chooses, downloads
// or looks for such files reads this table.

/** Names of weight files without variant and extension: those of diffusers' own models, and of transformers' models. */
export const weightStems = ["diffusion_pytorch_model", "model"] as const;

/** A network's folder: its config and its weights. */
interface NetworkFolder {
  readonly config: string;
  /** Name of the weight files, up to the variant, the number of the shard and the extension. */
  readonly weights: (typeof weightStems)[number];
  /** True for the networks of every supported pipeline. */
  readonly required: boolean;
}

const network = (weights: NetworkFolder["weights"], required = true): NetworkFolder => ({
  config: "config.json",
  weights,
  required,
});

export const diffusersLayout = {
  index: "model_index.json",
  scheduler: "scheduler/scheduler_config.json",
  /** By folder. A safety_checker, feature_extractor or image_encoder is not used. */
  networks: {
    unet: network("diffusion_pytorch_model"),
    text_encoder: network("model"),
    text_encoder_2: network("model", false),
    vae: network("diffusion_pytorch_model"),
  },
  /** Networks as ONNX graphs, as optimum and diffusers export them: the VAE's halves are two. */
  graphs: {
    file: "model.onnx",
    folders: ["unet", "text_encoder", "text_encoder_2", "vae_decoder", "vae_encoder"],
    /** The graphs of every supported pipeline. */
    required: ["unet", "text_encoder", "vae_decoder"],
  },
  /** Folders of tokenizers; the first belongs to `text_encoder`, the second to `text_encoder_2`. */
  tokenizers: ["tokenizer", "tokenizer_2"],
  /** Files of a tokenizer's folder, none of which every tokenizer has. */
  tokenizerFiles: {
    vocab: "vocab.json",
    merges: "merges.txt",
    tokenizer: "tokenizer.json",
    tokenizerConfig: "tokenizer_config.json",
    specialTokensMap: "special_tokens_map.json",
    addedTokens: "added_tokens.json",
  },
} as const satisfies {
  readonly networks: Readonly<Record<string, NetworkFolder>>;
  readonly [entry: string]: unknown;
};

/** A file of weights, by its name. */
export interface WeightFileName {
  /** "" for the files without a variant in their names. */
  readonly variant: string;
  readonly part: "whole" | "shard" | "index";
}

const WEIGHTS = new RegExp(
  `^(?:${weightStems.join("|")})` +
    String.raw`(?:\.(\w+))?(-\d{5}-of-\d{5})?(?:\.(\w+))?\.safetensors(?:(\.index)(?:\.(\w+))?\.json)?$`,
);

/**
 * Parses the name of a weight file of diffusers or transformers; returns undefined for other files. Both orders of
 * variant and shard number are in use: `model.fp16-00001-of-00002.safetensors`, `model-00001-of-00002.fp16.safetensors`.
 */
export function parseWeightFileName(name: string): WeightFileName | undefined {
  const match = WEIGHTS.exec(name);
  if (!match) return undefined;
  const [, before, shard, after, index, ofIndex] = match;
  return {
    variant: before ?? after ?? ofIndex ?? "",
    part: index ? "index" : shard ? "shard" : "whole",
  };
}

/** Tells by a folder's paths whether its U-Net is an ONNX graph, and not there as weights of diffusers. */
export function isGraphFolder(paths: readonly string[]): boolean {
  const folder = "unet/";
  const hasWeights = paths.some(
    (path) => path.startsWith(folder) && parseWeightFileName(path.slice(folder.length)) !== undefined,
  );
  return !hasWeights && paths.includes(folder + diffusersLayout.graphs.file);
}

/** Weights in formats that run code when they are loaded, which are refused. */
export const isPickle = (path: string): boolean => /\.(bin|ckpt|pt|pth|pkl)$/i.test(path);
