/** Returns a function that calls `read` again only when its last result is older than `keep` milliseconds. */
export function recent<T>(keep: number, read: () => Promise<T>) {
  let last: { readonly time: number; readonly value: Promise<T> } | undefined;
  const get = (): Promise<T> => {
    if (last && Date.now() - last.time < keep) return last.value;
    const value = read();
    last = { time: Date.now(), value };
    // A failure is not kept.
    value.catch(get.forget);
    return value;
  };
  get.forget = () => {
    last = undefined;
  };
  return get;
}
