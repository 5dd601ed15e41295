/**
 * Yields to the event loop, because serialising a model takes milliseconds. Uses a MessageChannel because timers are
 * throttled in background tabs.
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
