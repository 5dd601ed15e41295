// The engine of a page that a sunstep server serves: its models make the images.

import { SunstepError } from "@sunstep/errors";
import type { ModelInfo } from "../../state/model.js";
import type { RunningEngine } from "../client.js";
import { decodeImage } from "../decode-image.js";
import type { EngineMethods, Opened, RunEvent, RunResult } from "../engine.js";
import type { CallContext, CallOptions } from "../remote.js";
import { blobOf } from "./base64.js";
import type { ModelDescription, ServerEvent } from "./messages.js";
import { requestInit } from "./request-init.js";
import { type Http, serverEvents, serverJson } from "./server-events.js";

/** Serves an engine's methods in the page itself; stopping ends the calls that wait. */
export function startServerEngine(base: string, http: Http = fetch): RunningEngine {
  const stopped = new AbortController();
  const methods = serverEngine((path, init) => http(new URL(path, base).href, init));
  const engine = Object.fromEntries(
    Object.entries(methods).map(([name, method]) => [
      name,
      (argument: never, { signal, onEvent }: CallOptions<unknown> = {}) =>
        (method as (argument: never, context: CallContext<unknown>) => Promise<unknown>)(argument, {
          signal: AbortSignal.any([stopped.signal, ...(signal ? [signal] : [])]),
          emit: (event) => onEvent?.(event),
        }),
    ]),
  ) as unknown as RunningEngine["engine"];
  return { engine, stop: () => stopped.abort() };
}

const notHere = async (): Promise<never> => {
  throw new SunstepError("FILE_NOT_USED", "This page uses the models of its server, and images");
};

function serverEngine(http: Http): EngineMethods {
  let model = "";

  async function generate(
    request: Parameters<EngineMethods["generate"]>[0],
    { signal, emit }: CallContext<RunEvent>,
  ): Promise<RunResult> {
    const { path, init } = await requestInit(model, request);
    let result: RunResult | undefined;
    await serverEvents<ServerEvent>(http, path, { ...init, signal }, async (event) => {
      if ("evaluations" in event) {
        const { width, height, parameters, evaluations, milliseconds } = event;
        result = { png: blobOf(event.b64_json), width, height, parameters, evaluations, milliseconds };
        return;
      }
      const { stage, step, steps, preview } = event;
      const text =
        step > 0 ? `Step ${step} of ${steps}` : `${stage.charAt(0).toUpperCase()}${stage.slice(1)}`;
      emit({
        progress: { text, ...(steps > 0 && { fraction: step / (steps + 1) }) },
        ...(preview && { preview: await decodeImage(blobOf(preview)) }),
      });
    });
    if (result) return result;
    throw new SunstepError("SERVER_UNREACHABLE", "The server ended before the image was finished");
  }

  return {
    devices: async () => [],

    async open({ source }: Opened, { signal, emit }) {
      if (source.kind !== "listed") return notHere();
      emit({ text: `Loading ${source.name} on the server` });
      const described = await serverJson<ModelDescription>(
        http,
        `models/${encodeURIComponent(source.name)}`,
        signal,
      );
      model = source.name;
      return infoOf(described);
    },

    generate,
    draft: notHere,
    recognise: notHere,
    addAcceleration: notHere,
    removeAcceleration: notHere,
    addLora: notHere,
    scaleLora: notHere,
    removeLora: notHere,
    addEmbedding: notHere,
    removeEmbedding: notHere,
    readImage: async (file) => (await import("../read-image.js")).readImage(file),
  };
}

function infoOf({ acceleration, defaults, ...described }: ModelDescription): ModelInfo {
  return {
    ...described,
    defaults,
    loras: [],
    embeddings: [],
    files: [],
    ...(acceleration && {
      acceleration: { method: acceleration, fullName: acceleration, adapter: acceleration },
    }),
  };
}
