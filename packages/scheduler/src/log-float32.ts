// numpy's logarithm of float32, to the last bit (numpy/_core/src/umath/loops_exponent_log.dispatch.c.src): a rational
// approximation that is up to an ulp off the true value. Timesteps that are cut to integers depend on that bit.

const { fround } = Math;

const numerator = [
  2.589979117907922693523e-2, 3.808837741388407920751e-1, 1.480000633576506585156, 2.112677543073053063722,
  9.999999999999998702752e-1, 0,
].map(fround);
const denominator = [
  5.87509540312457434295e-3, 1.546476374983906719538e-1, 9.864942958519418960339e-1, 2.453006071784736363091,
  2.612677543073109236779, 1,
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
