// The job that both APIs ask for, and its result: JSON, so that it can be written down and sent to a worker.
// Types, not interfaces: an interface is not assignable to the type of JSON.

export type ImageFormat = "png" | "jpeg" | "webp";

/** How the first image is fitted to the size of the request, by AUTOMATIC1111's `resize_mode`. */
export type ResizeMode = "stretch" | "crop" | "fill";

export type PaintMask = {
  /** Address of the blob. White is painted anew. */
  readonly blob: string;
  readonly invert?: boolean;
  /** Standard deviation in pixels of the blur of its edge. */
  readonly blur?: number;
  /** Paints only the rectangle around the mask, with this padding in pixels, at the size of the request. */
  readonly onlyMasked?: number;
  /** Transparent pixels are painted anew, white or not: OpenAI's masks. */
  readonly byAlpha?: boolean;
  /** Starts from the colours around the mask in place of its content. */
  readonly filled?: boolean;
};

/** An image for a ControlNet to follow. */
export type PaintControl = {
  /** Name of a listed ControlNet. */
  readonly controlnet: string;
  /** Address of the image's blob. */
  readonly blob: string;
  readonly resize: ResizeMode;
  readonly scale: number;
  /** The part of the steps that it takes part in, 0 to 1. */
  readonly start: number;
  readonly end: number;
};

/** A second pass over the enlarged image: `HiresOptions` of sunstep, as JSON. */
export type PaintHires = {
  readonly scale?: number;
  readonly strength?: number;
  readonly upscaler?: "latent" | "lanczos";
  readonly steps?: number;
};

export type PaintInput = {
  readonly kind: "paint";
  readonly prompt: string;
  readonly negativePrompt?: string;
  readonly width?: number;
  readonly height?: number;
  readonly steps?: number;
  readonly guidanceScale?: number;
  /** Short name of a scheduler. */
  readonly scheduler?: string;
  /**
   * The request is of a client that always sends settings of classic models, such as 20 steps and guidance 7: a model of few
   * steps takes its own steps where they are fewer, and its own scheduler and guidance.
   */
  readonly classic?: boolean;
  /** Steps at most that a model of few steps takes of a classic request. Default: its own number. */
  readonly mostSteps?: number;
  /** The first image's; image k has seed + k. */
  readonly seed: number;
  readonly count: number;
  readonly clipSkip?: number;
  readonly randomSource?: "cpu" | "cuda";
  readonly eta?: number;
  readonly vae?: string;
  /** Address of the first image's blob. */
  readonly image?: string;
  readonly resize?: ResizeMode;
  readonly mask?: PaintMask;
  readonly strength?: number;
  readonly controls?: readonly PaintControl[];
  readonly hires?: PaintHires;
  readonly format: ImageFormat;
  /** 0 to 100, of JPEG and WebP. */
  readonly quality?: number;
  /** Reports images of the steps. */
  readonly previews?: "linear" | "auto";
};

export type PaintedImage = {
  /** Address of the file's blob. */
  readonly blob: string;
  readonly seed: number;
  readonly width: number;
  readonly height: number;
  /** The image's generation data, in AUTOMATIC1111's text form. */
  readonly parameters: string;
  /** Network evaluations. */
  readonly evaluations: number;
  /** Without loading networks. */
  readonly milliseconds: number;
};

export type PaintResult = {
  readonly images: readonly PaintedImage[];
  readonly steps: number;
  readonly guidanceScale: number;
  readonly width: number;
  readonly height: number;
  /** Settings that had no effect or were taken as another. */
  readonly warnings: readonly string[];
  /** The job was ended early: there are fewer images than were asked for. */
  readonly interrupted: boolean;
};

/** A job that loads a model and tells about it. */
export type DescribeInput = { readonly kind: "describe" };

export type ModelDescription = {
  readonly name: string;
  /** "sd1", "sdxl". */
  readonly architecture: string;
  /** "onnxruntime-node 1.30.0 (cpu)" */
  readonly backend: string;
  /** The settings of a request that does not say. */
  readonly defaults: {
    readonly width: number;
    readonly height: number;
    readonly steps: number;
    readonly guidanceScale: number;
  };
  /** The few-step method that it uses. */
  readonly acceleration?: string;
  readonly warnings: readonly string[];
};

export type PaintProgress = {
  /** From 0. */
  readonly image: number;
  readonly images: number;
  /** Done steps of this image. */
  readonly step: number;
  readonly steps: number;
  /** Milliseconds since 1970 when the job's first image was begun. */
  readonly begun: number;
  /** The current work, for people. */
  readonly stage: string;
  /** PNG in base64, of the latest step. */
  readonly preview?: string;
};
