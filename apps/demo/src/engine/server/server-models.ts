import { serverJson } from "./server-events.js";

interface Models {
  readonly data: readonly { readonly id: string }[];
}

/** Returns the names of the server's models, its current one first. @throws as `serverJson` */
export async function serverModels(base: string): Promise<readonly string[]> {
  const http = (path: string, init?: RequestInit) => fetch(new URL(path, base).href, init);
  const { signal } = new AbortController();
  const { data } = await serverJson<Models>(http, "v1/models", signal);
  return data.map(({ id }) => id);
}
