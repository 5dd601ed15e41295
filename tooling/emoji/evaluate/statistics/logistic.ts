// Multinomial logistic regression, fitted by gradient descent with momentum.

/** Probability of each class. */
export type Classifier = (features: Float64Array) => Float64Array;

const RATE = 0.5;
const MOMENTUM = 0.9;
const STEPS = 300;
/** Strength of L2 regularization relative to the mean loss. */
const RIDGE = 1e-3;

/** Fits classes 0 … `classes` - 1 to features, which are standardized first. */
export function fitClassifier(
  rows: readonly Float64Array[],
  labels: readonly number[],
  classes: number,
): Classifier {
  const standardise = fitStandardiser(rows);
  const inputs = rows.map(standardise);
  const size = inputs[0]!.length;
  const weights = Array.from({ length: classes }, () => new Float64Array(size));
  const velocity = Array.from({ length: classes }, () => new Float64Array(size));
  for (let step = 0; step < STEPS; step++) {
    const gradient = weights.map((row) => row.map((value) => RIDGE * value));
    for (const [index, input] of inputs.entries()) {
      for (const [label, probability] of probabilities(weights, input).entries()) {
        const error = (probability - (labels[index] === label ? 1 : 0)) / inputs.length;
        for (let i = 0; i < size; i++) gradient[label]![i]! += error * input[i]!;
      }
    }
    for (const [label, row] of weights.entries()) {
      for (let i = 0; i < size; i++) {
        velocity[label]![i] = MOMENTUM * velocity[label]![i]! - RATE * gradient[label]![i]!;
        row[i]! += velocity[label]![i]!;
      }
    }
  }
  return (features) => probabilities(weights, standardise(features));
}

function probabilities(weights: readonly Float64Array[], input: Float64Array): Float64Array {
  const scores = Float64Array.from(weights, (row) =>
    row.reduce((sum, value, i) => sum + value * input[i]!, 0),
  );
  const largest = Math.max(...scores);
  const exponentials = scores.map((score) => Math.exp(score - largest));
  const total = exponentials.reduce((sum, value) => sum + value, 0);
  return exponentials.map((value) => value / total);
}

/** Standardizes to mean 0 and standard deviation 1, with a constant 1 at the end for the bias. */
function fitStandardiser(rows: readonly Float64Array[]): (row: Float64Array) => Float64Array {
  const size = rows[0]!.length;
  const mean = new Float64Array(size);
  const deviation = new Float64Array(size);
  for (const row of rows) for (let i = 0; i < size; i++) mean[i]! += row[i]! / rows.length;
  for (const row of rows)
    for (let i = 0; i < size; i++) deviation[i]! += (row[i]! - mean[i]!) ** 2 / rows.length;
  return (row) => {
    const result = new Float64Array(size + 1).fill(1);
    for (let i = 0; i < size; i++) result[i] = (row[i]! - mean[i]!) / Math.sqrt(deviation[i]! || 1);
    return result;
  };
}
