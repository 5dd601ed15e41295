// The few-step methods of a model or its LoRAs, beside the page's own acceleration.

/** The setting of no method; "" is the one that was loaded last. */
const NONE = "none";

/** Returns the method that a run uses. `methods`: those that are loaded. */
export function methodOf(setting: string, methods: readonly string[]): string | undefined {
  if (setting === "") return methods.at(-1);
  return methods.find((method) => method === setting);
}

/** The menu's choices. */
export function methodChoices(methods: readonly string[]): readonly { value: string; label: string }[] {
  const named = methods.map((method) => ({ value: method, label: method }));
  return [{ value: "", label: "Automatic" }, ...named, { value: NONE, label: "None" }];
}
