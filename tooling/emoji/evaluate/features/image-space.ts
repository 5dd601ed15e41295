import { fitProjection, type Projection } from "../statistics/projection.js";
import { BLOCK_SIZES, type NetworkName } from "./feature-network.js";

/** A covariance of 64 dimensions can be estimated from 500 images; one of 1,664 cannot. */
const DIMENSIONS = 64;

/** The space in which images are compared with a reference set, from that set's features by one network. */
export const imageSpace = (reference: readonly Float32Array[], network: NetworkName): Projection =>
  fitProjection(reference, BLOCK_SIZES[network], DIMENSIONS);
