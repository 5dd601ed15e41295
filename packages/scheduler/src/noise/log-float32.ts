// numpy's logarithm of float32, to the last bit (numpy/_core/src/umath/loops_exponent_log.dispatch.c.src): a rational
// approximation that is up to an ulp off the true value. Timesteps that are cut to integers depend on that bit.

const { fround } = Math;

const numerator = [
  0.025899791179079226, 0.3808837741388408, 1.4800006335765066, 2.112677543073053, 0.9999999999999999, 0,
].map(fround);
const denominator = [
  0.005875095403124574, 0.15464763749839067, 0.9864942958519419, 2.453006071784736, 2.6126775430731093, 1,
].map(fround);

/** Horner's rule in fused multiply-adds: a product of two float32 is exact in float64. */
const polynomial = ([first, ...rest]: readonly number[], x: number) =>
  rest.reduce((sum, coefficient) => fround(sum * x + coefficient), first!);

/** `value`: a positive, normal float32. */
export function logFloat32(value: number): number {
  let exponent = Math.floor(Math.log2(value));
  let mantissa = value / 2 ** exponent;
  if (mantissa > fround(Math.SQRT2)) {
    mantissa /= 2;
    exponent++;
  }
  const x = fround(mantissa - 1);
  const ratio = fround(polynomial(numerator, x) / polynomial(denominator, x));
  return fround(exponent * fround(Math.LN2) + ratio);
}
