/**
 * Lets all that waits for this thread come first: a model's graph takes milliseconds to write, and several of those in
 * a row would be felt. A message, since timers are slow in pages that are not seen.
 */
export function nextTask(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
