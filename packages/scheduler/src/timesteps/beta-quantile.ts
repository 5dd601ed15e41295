// The quantile function of the beta distribution, for "beta" sigmas (arXiv 2407.12173).

/** The x with I_x(a, b) = p, where I is the regularized incomplete beta function. */
export function betaQuantile(p: number, a: number, b: number): number {
  if (p <= 0) return 0;
  if (p >= 1) return 1;
  let low = 0;
  let high = 1;
  // I is increasing in x; each halving gives one bit.
  while (true) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return middle;
    if (incompleteBeta(middle, a, b) < p) low = middle;
    else high = middle;
  }
}

/** I_x(a, b) by its continued fraction (NIST DLMF 8.17.22), on the side where that converges fast. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) - logBeta(a, b)) / a;
  // 1 + d1/(1 + d2/(1 + …)) by Lentz's method, as in NIST DLMF 3.10(iii).
  let fraction = 1;
  let c = 1;
  let d = 0;
  for (let j = 1; j < 300; j++) {
    const k = Math.floor(j / 2);
    const term =
      j % 2 === 0
        ? (k * (b - k) * x) / ((a + 2 * k - 1) * (a + 2 * k))
        : -((a + k) * (a + b + k) * x) / ((a + 2 * k) * (a + 2 * k + 1));
    d = 1 / nonzero(1 + term * d);
    c = nonzero(1 + term / c);
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 1e-16) break;
  }
  return front / fraction;
}

const nonzero = (value: number) => (Math.abs(value) < 1e-300 ? 1e-300 : value);

const logBeta = (a: number, b: number) => logGamma(a) + logGamma(b) - logGamma(a + b);

/** ln Γ(x) for x > 0: Stirling's series (NIST DLMF 5.11.1) after the recurrence has made x large. */
function logGamma(x: number): number {
  let shift = 0;
  let y = x;
  while (y < 15) shift -= Math.log(y++);
  const series = 1 / (12 * y) - 1 / (360 * y ** 3) + 1 / (1260 * y ** 5) - 1 / (1680 * y ** 7);
  return shift + (y - 0.5) * Math.log(y) - y + 0.5 * Math.log(2 * Math.PI) + series;
}
