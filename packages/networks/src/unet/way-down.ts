import type { UNetConfig } from "@sunstep/checkpoint";
import type { Value } from "@sunstep/onnx-graph";
import type { Layers } from "../layers.js";
import { type BlockContext, downBlocks, midBlock } from "./blocks.js";
import type { UNetInputs } from "./inputs.js";
import { addedEmbedding, sinusoidalFeatures, timeEmbedding } from "./time-embedding.js";

/** The values of a U-Net before its way up. */
export interface WayDown {
  /** The result of the middle block. */
  readonly hidden: Value;
  /** The results of conv_in and of every layer on the way down, which the way up takes from the end. */
  readonly skips: Value[];
  readonly context: BlockContext;
}

/** The half of a U-Net that a ControlNet is a copy of. `hint`: the embedded control image, added to the first features. */
export function wayDown(layers: Layers, config: UNetConfig, inputs: UNetInputs, hint?: Value): WayDown {
  const { added, timestep_cond } = inputs;
  const features = layers.module("time_proj", (m) =>
    sinusoidalFeatures(m, inputs.timestep, config.block_out_channels[0]!, config),
  );
  const embedded = layers.module("time_embedding", (m) => timeEmbedding(m, features, timestep_cond));
  const time = layers.silu(added ? layers.add(embedded, addedEmbedding(layers, added, config)) : embedded);
  const context = { config, time, inputs };
  const sample = config.center_input_sample ? centred(layers, inputs.sample) : inputs.sample;
  const convolved = layers.conv("conv_in", sample, { padding: (config.conv_in_kernel - 1) / 2 });
  const first = hint ? layers.add(convolved, hint) : convolved;
  const skips = [first];
  const hidden = midBlock(layers, downBlocks(layers, first, skips, context), context);
  return { hidden, skips, context };
}

/** Moves a sample from 0..1 to -1..1. */
function centred(layers: Layers, sample: Value): Value {
  const { graph } = layers;
  return layers.op("Sub", [layers.op("Mul", [sample, graph.scalar(2)]), graph.scalar(1)]);
}
