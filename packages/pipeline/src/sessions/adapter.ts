import type { Pass } from "@sunstep/onnx-graph";
import type { Conditioning, InputShapes } from "../prompts/conditioning.js";
import type { NetworkName } from "./network-name.js";

/** A change to the networks that a request brings along: a LoRA, the branch of an acceleration. */
export interface Adapter {
  /** Identifies the adapter in the keys of sessions: adapters with the same key must make the same graphs. */
  readonly key: string;
  /**
   * Returns the passes over a network whose graph takes inputs of these shapes, the adapter's own included. An empty list
   * leaves the network as it is, so that it is not loaded again.
   */
  passes(network: NetworkName, inputs: InputShapes): readonly Pass[];
  /**
   * Returns all inputs that the adapter adds to the U-Net, with values that make its branches vanish: zeros. With `off` it
   * stays in the graph of evaluations that lack these inputs, as a variant that costs nothing and shares all weights. `inputs`
   * has the shapes that other evaluations of the run have, too.
   */
  off?(inputs: InputShapes): Conditioning;
  /**
   * Returns those of the inputs of `off` that conditioning lacks, with the values that they have while the adapter is used. They
   * are bound too, so that its evaluations leave out what only plain ones need.
   */
  on?(): Conditioning;
  /** True if its inputs change at every step, unlike conditioning. */
  readonly varies?: boolean;
  /** Evaluates all images of a batch at once on every backend, since the adapter makes them depend on each other. */
  readonly mixesBatch?: boolean;
}
