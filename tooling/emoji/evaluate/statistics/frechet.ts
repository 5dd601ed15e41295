import { type Gaussian, squareRoot, squareRootTrace } from "./gaussian.js";

/**
 * Distances to one reference: the Fréchet distance of Gaussians (Dowson & Landau 1982),
 * |m - n|² + tr(A + B - 2 (A^½ B A^½)^½). The reference's square root is taken once.
 */
export function frechetDistanceTo({ mean, covariance }: Gaussian): (other: Gaussian) => number {
  const root = squareRoot(covariance);
  return (other) => {
    const means = mean.reduce((sum, value, i) => sum + (value - other.mean[i]!) ** 2, 0);
    const cross = squareRootTrace(root.mmul(other.covariance).mmul(root));
    return means + covariance.trace() + other.covariance.trace() - 2 * cross;
  };
}
