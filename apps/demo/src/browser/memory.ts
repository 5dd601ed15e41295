/** A method that some browsers offer, on cross-origin isolated pages only. */
interface MeasuringPerformance extends Performance {
  measureUserAgentSpecificMemory?(): Promise<{ readonly bytes: number }>;
}

/**
 * Returns the bytes that the page and its workers hold, with WebAssembly's memory and without a graphics card's; undefined
 * where the browser does not measure. It may take a minute: browsers wait for the next garbage collection.
 */
export async function memoryInUse(): Promise<number | undefined> {
  try {
    const measured = await (performance as MeasuringPerformance).measureUserAgentSpecificMemory?.();
    return measured?.bytes;
  } catch {
    return undefined;
  }
}
