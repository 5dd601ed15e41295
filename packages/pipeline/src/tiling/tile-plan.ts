import { activationBytes, cutModel, normGroups, receptiveRadius, resizedValues } from "@sunstep/networks";
import type { Model } from "@sunstep/onnx-graph";
import type { NetworkName } from "../sessions/network-name.js";
import { type TileAxis, tileAxis } from "./tile-axis.js";
import { tileSizes, type VaeTiling } from "./vae-tiling.js";

/** Height and width in latents. */
export interface LatentArea {
  readonly height: number;
  readonly width: number;
}

/** A decoder or an encoder, for images of any size. */
export interface AutoencoderNetwork {
  readonly network: NetworkName;
  /** As in `NetworkRecipe`. */
  readonly precision?: "float32";
  /** A decoder grows and is tiled at its end, an encoder shrinks and is tiled at its beginning. */
  readonly direction: "decode" | "encode";
  readonly build: (area: LatentArea) => Model;
}

/** The two parts of a network that runs in tiles. */
export interface TiledParts {
  /** The part that sees the whole image, at low resolution: attention is in it. */
  readonly whole: Model;
  /** The part at high resolution: convolutions and group normalization. */
  readonly tiled: Model;
}

export interface TilePlan {
  readonly area: LatentArea;
  /** Name of the value between the parts. */
  readonly cut: string;
  readonly rows: TileAxis;
  readonly columns: TileAxis;
  /** Latents beyond its own that a result of the tiled part depends on, along each axis. */
  readonly radius: number;
  /** Groups of all group normalizations in the tiled part. */
  readonly groups: number;
}

/** Memory of a whole run above which "auto" runs in tiles: one of SD1.5's VAE takes 2.4 GB at 768x768. */
const MOST_BYTES = 2 ** 31;

/**
 * Decides whether and where a network is cut and how its image is tiled; undefined for a whole run. The cut is where the
 * whole part, which is exact, is as large as it can be without taking more memory than a whole run of one tile.
 */
export function planTiles(
  network: AutoencoderNetwork,
  area: LatentArea,
  tiling: VaeTiling,
  scaleFactor: number,
): TilePlan | undefined {
  if (tiling === false) return undefined;
  const { tile, overlap } = tileSizes(tiling);
  const side = tile / scaleFactor;
  if (area.height <= side && area.width <= side) return undefined;
  const model = network.build(area);
  if (tiling === "auto" && activationBytes(model) <= MOST_BYTES) return undefined;
  const cut = chooseCut(network, model, activationBytes(network.build({ height: side, width: side })));
  const { tiled } = partsOf(network, model, cut);
  const radius = Math.ceil(receptiveRadius(tiled) / (heightOf(tiled) / area.height));
  const cells =
    overlap === undefined ? Math.min(2 * radius + 1, Math.floor(side / 2)) : Math.ceil(overlap / scaleFactor);
  return {
    area,
    cut,
    rows: tileAxis(area.height, side, cells),
    columns: tileAxis(area.width, side, cells),
    radius,
    groups: normGroups(tiled),
  };
}

export function partsOf({ direction }: AutoencoderNetwork, model: Model, cut: string): TiledParts {
  const { first, second } = cutModel(model, cut);
  return direction === "decode" ? { whole: first, tiled: second } : { whole: second, tiled: first };
}

function chooseCut(network: AutoencoderNetwork, model: Model, budget: number): string {
  const values = resizedValues(model);
  const fromLargest = network.direction === "decode" ? values.toReversed() : values;
  const fits = (cut: string) => activationBytes(partsOf(network, model, cut).whole) <= budget;
  return fromLargest.find(fits) ?? fromLargest.at(-1)!;
}

function heightOf({ graph }: Model): number {
  return graph.inputs[0]!.shape![2] as number;
}
