import { sunstepError } from "../errors.js";

/** @throws ADAPTER_UNKNOWN */
export function knownAdapter<T>(adapters: ReadonlyMap<string, T>, name: string): T {
  const adapter = adapters.get(name);
  if (adapter !== undefined) return adapter;
  const names = [...adapters.keys()].join(", ") || "none";
  throw sunstepError("ADAPTER_UNKNOWN", `no adapter ${JSON.stringify(name)} is loaded; loaded: ${names}`, {
    name,
  });
}
