import { giveNorms, measureNorms } from "@sunstep/networks";
import type { Model } from "@sunstep/onnx-graph";
import type { Tensor } from "@sunstep/tensor";
import type { NetworkRecipe } from "../sessions/session-cache.js";
import { type AutoencoderRun, type Outputs, recipeOf, runSession } from "./autoencoder-run.js";
import { estimateNorms, type NormStatistics } from "./norm-estimate.js";
import { addWeighted, crop, type Planes, type Region, toPlanes, toTensor } from "./planes.js";
import { tileWeights } from "./tile-axis.js";
import { type LatentArea, partsOf, type TilePlan } from "./tile-plan.js";

interface TiledRun extends AutoencoderRun {
  readonly plan: TilePlan;
}

/**
 * Runs a network on an image with its part at high resolution in tiles. One session computes all tiles; those of the other
 * parts are gone before it takes memory. Returns the network's outputs by name.
 */
export async function runInTiles(input: Planes, context: TiledRun): Promise<Outputs> {
  const { network, plan, run } = context;
  if (network.direction === "encode") {
    const features = await runTiled(input, context);
    run.check();
    return runWhole(features, context);
  }
  const { [plan.cut]: features } = await runWhole(input, context);
  return { sample: await runTiled(features!, context) };
}

function runWhole(input: Planes, context: TiledRun): Promise<Outputs> {
  const { network, plan, sessions, run } = context;
  const recipe = recipeOfPart(
    context,
    "whole",
    plan.area,
    (model) => partsOf(network, model, plan.cut).whole,
  );
  return sessions.once(recipe, run, (session) => runSession(session, input));
}

async function runTiled(source: Planes, context: TiledRun): Promise<Planes> {
  const { network, plan, sessions, run } = context;
  const { area, rows, columns, radius, groups } = plan;
  const tile = { height: rows.tile, width: columns.tile };
  const tiledPart = (model: Model) => partsOf(network, model, plan.cut).tiled;
  const scale = source.height / area.height;
  const norms = groups > 0 ? await measure(source, tile, tiledPart, context) : undefined;
  const recipe = recipeOfPart(context, "tile", tile, (model) =>
    norms ? giveNorms(tiledPart(model)) : tiledPart(model),
  );
  const session = await sessions.get(recipe, run);
  const [{ name: input }, { shape, name: output }] = [session.inputs[0]!, session.outputs[0]!];
  const [, channels, height] = shape as readonly number[];
  const outScale = height! / tile.height;
  const target = emptyPlanes(channels!, area.height * outScale, area.width * outScale);
  const [rowWeights, columnWeights] = [rows, columns].map((axis) => tileWeights(axis, outScale, radius)) as [
    readonly Float32Array[],
    readonly Float32Array[],
  ];
  for (const [row, top] of rows.starts.entries()) {
    for (const [column, left] of columns.starts.entries()) {
      run.check();
      const region = { top, left, ...tile };
      const feeds = { [input]: toTensor(crop(source, scaled(region, scale))), ...norms };
      const { [output]: result } = await session.run(feeds);
      addWeighted(
        target,
        toPlanes(result!),
        scaled(region, outScale),
        rowWeights[row]!,
        columnWeights[column]!,
      );
    }
  }
  return target;
}

/** Estimates the statistics of group normalization over the whole image. */
function measure(
  source: Planes,
  tile: LatentArea,
  tiledPart: (model: Model) => Model,
  context: TiledRun,
): Promise<NormStatistics> {
  const { plan, sessions, run } = context;
  const recipe = recipeOfPart(context, "measure", tile, (model) => measureNorms(tiledPart(model)));
  return sessions.once(recipe, run, (session) =>
    estimateNorms(source, plan, async (sample) => {
      run.check();
      const results = await session.run({ [session.inputs[0]!.name]: toTensor(sample) });
      const [means, variances] = [results.means, results.variances] as Tensor<"float32">[];
      return { means: means!, variances: variances! };
    }),
  );
}

function recipeOfPart(
  { network, plan }: TiledRun,
  name: "whole" | "tile" | "measure",
  area: LatentArea,
  take: (model: Model) => Model,
): NetworkRecipe<object> {
  return recipeOf(network, area, { key: { part: name, cut: plan.cut }, take });
}

function scaled({ top, left, height, width }: Region, scale: number): Region {
  return { top: top * scale, left: left * scale, height: height * scale, width: width * scale };
}

function emptyPlanes(channels: number, height: number, width: number): Planes {
  return { data: new Float32Array(channels * height * width), channels, height, width };
}
