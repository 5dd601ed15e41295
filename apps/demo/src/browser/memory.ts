/** The part of Performance that browsers have on isolated pages only, and some not at all. */
interface MeasuringPerformance extends Performance {
  measureUserAgentSpecificMemory?(): Promise<{ readonly bytes: number }>;
}

/**
 * Bytes that the page and its workers hold, WebAssembly's memory included and a graphics card's not; undefined where the
 * browser does not tell. It may take a minute: browsers wait until they tidy up anyway.
 */
export async function memoryInUse(): Promise<number | undefined> {
  try {
    const measured = await (performance as MeasuringPerformance).measureUserAgentSpecificMemory?.();
    return measured?.bytes;
  } catch {
    return undefined;
  }
}
