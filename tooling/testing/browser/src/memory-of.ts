import type { Page } from "playwright-core";

interface MeasuringPerformance extends Performance {
  measureUserAgentSpecificMemory(): Promise<{ readonly bytes: number }>;
}

/**
 * Bytes of an isolated page and its workers, WebAssembly's memory included and garbage left out. In a browser that was
 * launched with `eagerMemory`; in others, and where threads of WebAssembly wait for work, it takes a minute.
 */
export function memoryOf(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const { bytes } = await (performance as MeasuringPerformance).measureUserAgentSpecificMemory();
    return bytes;
  });
}
