import type { NamedValue } from "@sunstep/onnx-graph";
import { onnxCheckpointError } from "./errors.js";
import type { OpenedGraph } from "./open-graph.js";

/** Sizes to compare a graph at: small ones, or those that it is fixed to. */
export interface Sizes {
  readonly batch: number;
  /** Sizes of a U-Net's latents, or of a VAE's input. */
  readonly height: number;
  readonly width: number;
  readonly tokens: number;
}

/** The purpose of a network's input. */
type Role = "sample" | "timestep" | "states" | "pooled" | "sizes" | "ids";

/** Numbers of an image's size conditioning in Stable Diffusion XL. */
const SIZE_NUMBERS = 6;

/** Tells the role of an input by its rank and its width: exporters name them in several ways. */
function roleOf({ dtype, shape }: NamedValue): Role | undefined {
  if (!shape) return undefined;
  switch (shape.length) {
    case 0:
    case 1:
      return "timestep";
    case 2:
      return dtype.startsWith("int") ? "ids" : shape[1] === SIZE_NUMBERS ? "sizes" : "pooled";
    case 3:
      return "states";
    case 4:
      return "sample";
    default:
      return undefined;
  }
}

/** The sizes of all inputs of a graph, and the network's sizes that they come from. */
export interface InputSizes {
  readonly sizes: Sizes;
  readonly shapes: Readonly<Record<string, readonly number[]>>;
}

/**
 * Chooses sizes for the inputs of a graph: those that it fixes, and small ones elsewhere.
 * @throws SunstepError ONNX_GRAPH_INPUTS
 */
export function inputSizes({ model, file }: OpenedGraph, smallest: Sizes): InputSizes {
  const { inputs } = model.graph;
  const roles = inputs.map(roleOf);
  const unknown = inputs.find((_, i) => roles[i] === undefined || roles.indexOf(roles[i]) !== i);
  if (unknown) {
    throw onnxCheckpointError(
      "ONNX_GRAPH_INPUTS",
      `${file}: its input ${unknown.name} (${unknown.dtype} [${unknown.shape?.join(", ") ?? "?"}]) belongs to no plain ` +
        `Stable Diffusion network; it has ${inputs.map(({ name }) => name).join(", ")}. Export the network without it`,
      { file, input: unknown.name },
    );
  }
  const fixed = (role: Role, axis: number) => {
    const size = inputs[roles.indexOf(role)]?.shape?.[axis];
    return typeof size === "number" ? size : undefined;
  };
  const sizes: Sizes = {
    batch: fixed("sample", 0) ?? fixed("states", 0) ?? fixed("ids", 0) ?? smallest.batch,
    height: fixed("sample", 2) ?? smallest.height,
    width: fixed("sample", 3) ?? smallest.width,
    tokens: fixed("states", 1) ?? fixed("ids", 1) ?? smallest.tokens,
  };
  const shapes = inputs.map((input, i): [string, readonly number[]] => [
    input.name,
    shapeOf(input, roles[i]!, sizes, file),
  ]);
  return { sizes, shapes: Object.fromEntries(shapes) };
}

function shapeOf({ name, shape = [] }: NamedValue, role: Role, sizes: Sizes, file: string): number[] {
  const { batch, height, width, tokens } = sizes;
  const channels = (axis: number) => {
    const size = shape[axis];
    if (typeof size === "number") return size;
    throw onnxCheckpointError(
      "ONNX_GRAPH_INPUTS",
      `${file}: the width of its input ${name}, axis ${axis}, is left open. Export the model with a fixed number of channels`,
      { file, input: name },
    );
  };
  switch (role) {
    case "sample":
      return [batch, channels(1), height, width];
    case "states":
      return [batch, tokens, channels(2)];
    case "timestep":
      return shape.map((size) => (typeof size === "number" ? size : batch));
    case "ids":
      return [batch, tokens];
    case "pooled":
    case "sizes":
      return [batch, channels(1)];
  }
}
