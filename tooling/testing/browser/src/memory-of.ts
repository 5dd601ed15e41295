import type { Page } from "playwright-core";

interface MeasuringPerformance extends Performance {
  measureUserAgentSpecificMemory(): Promise<{ readonly bytes: number }>;
}

/**
 * Returns the bytes of an isolated page and its workers, including WebAssembly's memory and excluding garbage. Takes a
 * minute in a browser launched without `eagerMemory`, or while WebAssembly threads wait for work.
 */
export function memoryOf(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const { bytes } = await (performance as MeasuringPerformance).measureUserAgentSpecificMemory();
    return bytes;
  });
}
