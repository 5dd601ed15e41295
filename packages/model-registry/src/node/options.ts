import { type Environment, sunstepCacheFolder } from "@sunstep/files/node";
import { registryError } from "../errors.js";
import type { ModelEntry } from "../model-entry.js";
import type { OnProgress } from "../progress.js";
import type { PipelineComponent } from "../select-files.js";
import { environmentFetch } from "./download/proxy.js";
import { createTransport, type Transport } from "./download/transport.js";
import { hubCacheFolder, hubEndpoint, hubToken, isOffline } from "./environment.js";

export interface ResolveOptions {
  /** Branch, tag or commit of a hub repository. Default: "main". */
  readonly revision?: string | undefined;
  /** "fp16" picks `*.fp16.safetensors`, null the plain files. Default: fp16 where it exists. */
  readonly variant?: string | null | undefined;
  /** Resolves only the folder of this network, if the model is a whole pipeline: the VAE of another model, say. */
  readonly component?: PipelineComponent | undefined;
  /** Expected sha256 of a URL's file. */
  readonly sha256?: string | undefined;
  /** Additional names, as for `listModels`. */
  readonly names?: readonly ModelEntry[] | undefined;
  /** Use only what is on this machine. Default: HF_HUB_OFFLINE. */
  readonly offline?: boolean | undefined;
  /** Default: HF_TOKEN, else the file that `hf auth login` wrote. false: none. */
  readonly token?: string | false | undefined;
  /** Default: HF_ENDPOINT, else https://huggingface.co. */
  readonly endpoint?: string | undefined;
  /** Default: HF_HUB_CACHE, else HF_HOME/hub, as in Python. */
  readonly hubCache?: string | undefined;
  /** Cache of files that are not from the hub. Default: SUNSTEP_CACHE, else the user's cache folder. */
  readonly sunstepCache?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
  /** Repetitions of a failed request. Default 5. */
  readonly retries?: number | undefined;
  /** Milliseconds before the first repetition, doubled each time. Default 500. */
  readonly retryDelay?: number | undefined;
  /** Milliseconds without a byte after which a connection counts as cut. Default 30,000. */
  readonly timeout?: number | undefined;
  /** Default: Node's own, over the proxies of HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY. */
  readonly fetch?: typeof fetch | undefined;
  /** Default: process.env. */
  readonly env?: Environment | undefined;
}

/** Resolved options. */
export interface Settings {
  readonly offline: boolean;
  readonly endpoint: string;
  readonly hubCache: string;
  readonly sunstepCache: string;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: OnProgress;
  readonly env: Environment;
  /** Lower-case hexadecimal digits. */
  readonly sha256: string | undefined;
  readonly transport: Transport;
}

export function decideSettings(options: ResolveOptions): Settings {
  const env = options.env ?? process.env;
  const endpoint = (options.endpoint ?? hubEndpoint(env)).replace(/\/+$/, "");
  if (!/^https?:\/\/[^@]+$/.test(endpoint) || !URL.canParse(endpoint)) {
    throw invalidOption("endpoint (HF_ENDPOINT)", endpoint, "an address such as https://huggingface.co");
  }
  const sha256 = options.sha256?.toLowerCase();
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/.test(sha256)) {
    throw invalidOption("sha256", sha256, "64 hexadecimal digits");
  }
  const { signal } = options;
  const transport = once(() => {
    const token = options.token === false ? undefined : (options.token ?? hubToken(env));
    // The message does not quote the value, which is a secret.
    if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
      throw registryError(
        "REGISTRY_OPTION_INVALID",
        "the token (option token, HF_TOKEN, or the file of `hf auth login`) has characters that no token has, such as spaces or quotation marks. Copy it again",
        { option: "token" },
      );
    }
    return createTransport({
      fetch: options.fetch ?? environmentFetch(env),
      retry: { retries: options.retries ?? 5, delay: options.retryDelay ?? 500 },
      timeout: options.timeout ?? 30_000,
      signal,
      token: token === undefined ? undefined : { value: token, origin: new URL(endpoint).origin },
    });
  });
  const hubCache = once(() => options.hubCache ?? hubCacheFolder(env));
  const sunstepCache = once(() => options.sunstepCache ?? sunstepCacheFolder(env));
  return {
    offline: options.offline ?? isOffline(env),
    endpoint,
    signal,
    onProgress: options.onProgress ?? (() => undefined),
    env,
    sha256,
    // Evaluated lazily: a model on the disk needs neither caches nor a token, hence no home folder.
    get hubCache() {
      return hubCache();
    },
    get sunstepCache() {
      return sunstepCache();
    },
    get transport() {
      return transport();
    },
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function invalidOption(option: string, value: string, expected: string) {
  return registryError("REGISTRY_OPTION_INVALID", `${option} is ${JSON.stringify(value)}, not ${expected}`, {
    option,
    value,
  });
}
