import type { Environment } from "@sunstep/files/node";
import { registryError } from "../../errors.js";

/**
 * Returns `fetch` over the proxies that HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY name, in either case, or Node's
 * own `fetch`, which knows no proxies, if they name none.
 * @throws REGISTRY_OPTION_INVALID
 */
export function environmentFetch(env: Environment): typeof fetch {
  const all = proxyOf(env, "ALL_PROXY");
  const httpProxy = proxyOf(env, "HTTP_PROXY") ?? all;
  const httpsProxy = proxyOf(env, "HTTPS_PROXY") ?? all;
  if (httpProxy === undefined && httpsProxy === undefined) return fetch;
  const noProxy = read(env, "NO_PROXY") ?? "";
  let proxied: Promise<typeof fetch> | undefined;
  return async (input, init) => {
    // An agent of undici and the `fetch` inside Node need not fit together, so both are taken from undici.
    proxied ??= import("undici").then(({ EnvHttpProxyAgent, fetch: undiciFetch }) => {
      // An empty text keeps undici from looking at the environment itself.
      const agent = new EnvHttpProxyAgent({
        httpProxy: httpProxy ?? "",
        httpsProxy: httpsProxy ?? "",
        noProxy,
      });
      return ((url: string, options: object) =>
        undiciFetch(url, { ...options, dispatcher: agent })) as unknown as typeof fetch;
    });
    return (await proxied)(input, init);
  };
}

function proxyOf(env: Environment, name: string): string | undefined {
  const text = read(env, name);
  if (text === undefined) return undefined;
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (/^https?:/i.test(address) && URL.canParse(address)) return address;
  const { protocol = "" } = URL.canParse(address) ? new URL(address) : {};
  throw registryError(
    "REGISTRY_OPTION_INVALID",
    `${name} names a proxy${protocol && ` of ${protocol}//`} that cannot be used: only proxies of http:// and https:// can. Set HTTPS_PROXY to one, or NO_PROXY to *`,
    { option: name },
  );
}

/** curl and Python read the lower case first. */
const read = (env: Environment, name: string) => env[name.toLowerCase()] || env[name] || undefined;
