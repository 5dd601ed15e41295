// Number sequences by numpy's rules, to the last bit: which timesteps a schedule has depends on how ties round.

/** numpy.linspace(start, stop, count): count numbers, both ends included; only `start` when count is 1. */
export function linspace(start: number, stop: number, count: number): number[] {
  const step = (stop - start) / (count - 1);
  return Array.from({ length: count }, (_, i) =>
    i === 0 ? start : i === count - 1 ? stop : start + i * step,
  );
}

/** numpy.arange(start, stop, step) for floating-point steps. */
export function arange(start: number, stop: number, step: number): number[] {
  const delta = start + step - start;
  return Array.from({ length: Math.max(0, Math.ceil((stop - start) / step)) }, (_, i) => start + i * delta);
}

/** numpy.interp over the points (0, values[0]), (1, values[1]), …; constant beyond both ends. */
export function interpolate(x: number, values: ArrayLike<number>): number {
  const last = values.length - 1;
  if (x <= 0) return values[0]!;
  if (x >= last) return values[last]!;
  const i = Math.floor(x);
  return values[i]! + (values[i + 1]! - values[i]!) * (x - i);
}

/** torch.linspace in float32, which counts from both ends to the middle, with fused multiply-adds. */
export function linspaceFloat32(start: number, stop: number, count: number): Float32Array {
  const { fround } = Math;
  const first = fround(start);
  const last = fround(stop);
  const step = fround(fround(last - first) / (count - 1));
  return Float32Array.from({ length: count }, (_, i) =>
    i < count / 2 ? first + step * i : last - step * (count - 1 - i),
  );
}
