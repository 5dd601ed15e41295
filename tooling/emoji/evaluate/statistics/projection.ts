import { EigenvalueDecomposition, Matrix } from "ml-matrix";

/** Maps features to a space where a covariance can be estimated from some hundred images. */
export type Projection = (features: Float32Array) => Float64Array;

/**
 * Principal components of a reference set. Each block of features (the channels of one layer) is first scaled to the
 * same total variance, so that together they have 100: a Fréchet distance is in hundredths of the reference's variance.
 */
export function fitProjection(
  reference: readonly Float32Array[],
  blockSizes: readonly number[],
  dimensions: number,
): Projection {
  const count = reference.length;
  const size = reference[0]!.length;
  const mean = new Float64Array(size);
  for (const row of reference) for (let i = 0; i < size; i++) mean[i]! += row[i]! / count;
  const scale = blockScales(reference, mean, blockSizes);

  const centred = reference.map((row) =>
    Float64Array.from(row, (value, i) => (value - mean[i]!) * scale[i]!),
  );
  // The Gram matrix has the covariance's eigenvalues, and is smaller where there are more features than images.
  const gram = Matrix.zeros(count, count);
  for (let i = 0; i < count; i++) {
    for (let j = i; j < count; j++) {
      const value = dot(centred[i]!, centred[j]!);
      gram.set(i, j, value);
      gram.set(j, i, value);
    }
  }
  const { eigenvectorMatrix, realEigenvalues } = new EigenvalueDecomposition(gram, { assumeSymmetric: true });
  const largest = [...realEigenvalues.keys()]
    .sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]!)
    .slice(0, Math.min(dimensions, count - 1));
  const components = largest.map((column) => {
    const component = new Float64Array(size);
    const length = Math.sqrt(realEigenvalues[column]!);
    for (let i = 0; i < count; i++) {
      const weight = eigenvectorMatrix.get(i, column) / length;
      for (let k = 0; k < size; k++) component[k]! += weight * centred[i]![k]!;
    }
    return component;
  });
  return (features) => {
    const row = Float64Array.from(features, (value, i) => (value - mean[i]!) * scale[i]!);
    return Float64Array.from(components, (component) => dot(component, row));
  };
}

function blockScales(
  reference: readonly Float32Array[],
  mean: Float64Array,
  blockSizes: readonly number[],
): Float64Array {
  const scale = new Float64Array(mean.length);
  let start = 0;
  for (const blockSize of blockSizes) {
    const end = start + blockSize;
    let variance = 0;
    for (const row of reference) {
      for (let i = start; i < end; i++) variance += (row[i]! - mean[i]!) ** 2 / (reference.length - 1);
    }
    scale.fill(Math.sqrt(100 / blockSizes.length / variance), start, end);
    start = end;
  }
  return scale;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
