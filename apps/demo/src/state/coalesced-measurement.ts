/**
 * Wraps a slow measurement that many changes may outdate: the returned function requests a new one. One measurement
 * runs at a time, and one always starts after the last request.
 */
export function coalescedMeasurement<Value>(
  measure: () => Promise<Value>,
  report: (value: Value) => void,
): () => Promise<void> {
  let measuring = false;
  let requested = false;
  return async () => {
    requested = true;
    if (measuring) return;
    measuring = true;
    while (requested) {
      requested = false;
      report(await measure());
    }
    measuring = false;
  };
}
