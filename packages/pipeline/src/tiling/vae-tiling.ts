import { fields } from "@sunstep/errors";
import { pipelineError } from "../errors.js";
import { readOption } from "../request/read-option.js";

/** Sizes of tiles, in pixels. */
export interface TileSizes {
  /** Side of a tile: more take more memory and less time. */
  readonly tile: number;
  /** By how much neighbours overlap at least. Default: as much as a pixel of the tiled layers depends on. */
  readonly overlap?: number;
}

/** How an autoencoder works on an image: in tiles, whole, or in tiles where a whole run would take more than 2 GiB. */
export type VaeTiling = "auto" | false | TileSizes;

/** Side of tiles unless a request names another: a whole run of SD1.5's VAE on it takes 1.1 GB. */
const DEFAULT_TILE = 512;

const LEAST_TILE = 64;
const MOST_TILE = 4096;

/**
 * Reads the option `vaeTiling`; true stands for tiles of the default size.
 * @throws PIPELINE_OPTION
 */
export function readVaeTiling(value: unknown, scaleFactor: number): VaeTiling {
  if (value === undefined || value === "auto") return "auto";
  if (value === false) return false;
  if (value === true) return { tile: DEFAULT_TILE };
  if (typeof value !== "object" || value === null) {
    throw pipelineError(
      "PIPELINE_OPTION",
      'vaeTiling must be "auto", true, false or { tile, overlap } in pixels',
      { option: "vaeTiling", value },
    );
  }
  const { tile, overlap } = value as Record<string, unknown>;
  const side = readOption("vaeTiling.tile", fields.integer(LEAST_TILE, MOST_TILE), tile ?? DEFAULT_TILE);
  if (side % scaleFactor !== 0) {
    throw pipelineError("PIPELINE_OPTION", `vaeTiling.tile ${side}: must be a multiple of ${scaleFactor}`, {
      option: "vaeTiling.tile",
      value: side,
    });
  }
  if (overlap === undefined) return { tile: side };
  return {
    tile: side,
    overlap: readOption("vaeTiling.overlap", fields.integer(0, side / 2), overlap),
  };
}

/** Sizes of the tiles, where tiles are needed. */
export function tileSizes(tiling: Exclude<VaeTiling, false>): TileSizes {
  return tiling === "auto" ? { tile: DEFAULT_TILE } : tiling;
}
