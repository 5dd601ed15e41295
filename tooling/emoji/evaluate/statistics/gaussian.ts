import { EigenvalueDecomposition, Matrix } from "ml-matrix";

/** Mean and covariance of a set of feature vectors. */
export interface Gaussian {
  readonly mean: Float64Array;
  readonly covariance: Matrix;
}

/** Fits a Gaussian to the chosen rows; an index may repeat. The covariance is the unbiased one. */
export function gaussian(rows: readonly Float64Array[], indices: Iterable<number>): Gaussian {
  const chosen = Array.from(indices, (index) => rows[index]!);
  const size = chosen[0]!.length;
  const mean = new Float64Array(size);
  for (const row of chosen) for (let i = 0; i < size; i++) mean[i]! += row[i]! / chosen.length;
  const sums = new Float64Array(size * size);
  const centred = new Float64Array(size);
  for (const row of chosen) {
    for (let i = 0; i < size; i++) centred[i] = row[i]! - mean[i]!;
    for (let i = 0; i < size; i++) {
      const factor = centred[i]!;
      for (let j = i; j < size; j++) sums[i * size + j]! += factor * centred[j]!;
    }
  }
  const covariance = new Matrix(size, size);
  for (let i = 0; i < size; i++) {
    for (let j = i; j < size; j++) {
      const value = sums[i * size + j]! / (chosen.length - 1);
      covariance.set(i, j, value);
      covariance.set(j, i, value);
    }
  }
  return { mean, covariance };
}

/** Returns the symmetric square root of a covariance; eigenvalues that rounding made negative count as 0. */
export function squareRoot(covariance: Matrix): Matrix {
  const { eigenvectorMatrix: vectors, realEigenvalues: values } = symmetric(covariance);
  const scaled = vectors.clone();
  for (const [column, value] of values.entries()) scaled.mulColumn(column, Math.sqrt(Math.max(0, value)));
  return scaled.mmul(vectors.transpose());
}

/** Returns the trace of the symmetric square root. */
export function squareRootTrace(covariance: Matrix): number {
  return symmetric(covariance).realEigenvalues.reduce((sum, value) => sum + Math.sqrt(Math.max(0, value)), 0);
}

const symmetric = (matrix: Matrix) => new EigenvalueDecomposition(matrix, { assumeSymmetric: true });
