import { SunstepError } from "@sunstep/errors";
import type { EngineMethods, ModelSource, RecognisedFile } from "../../src/engine/engine.js";
import { connect, type Port, serve } from "../../src/engine/remote.js";
import type { ModelInfo } from "../../src/state/model.js";
import type { RunRequest } from "../../src/state/request.js";

const emoji: ModelInfo = {
  name: "emoji",
  architecture: "sd1",
  backend: "stand-in",
  defaults: { width: 128, height: 128, guidanceScale: 4 },
  acceleration: { method: "SUN", fullName: "SpeedUpNet", adapter: "emoji-sun" },
  loras: [],
  embeddings: [],
  files: [],
  warnings: [],
};

/** Creates an engine without a model, which records requests and takes four steps. */
export function standInEngine() {
  const asked: RunRequest[] = [];
  const drafted: RunRequest[] = [];
  const finished: RunRequest[] = [];
  const calls: string[] = [];
  let info = emoji;
  let fails: SunstepError | undefined;
  let openingTime = 0;
  let cold = false;

  const methods: EngineMethods = {
    devices: async () => [],
    async open({ source, ownAcceleration }, { signal }) {
      calls.push(`open ${source.kind}${ownAcceleration ? "" : " without acceleration"}`);
      if (fails) throw fails;
      await new Promise((resolve) => setTimeout(resolve, openingTime));
      if (signal.aborted) {
        calls.push("open cancelled");
        throw new SunstepError("ABORTED", "cancelled");
      }
      info = ownAcceleration
        ? { ...emoji, name: nameOf(source), loras: [] }
        : withoutAcceleration({ ...emoji, loras: [] });
      return info;
    },
    async recognise(file): Promise<RecognisedFile> {
      const kind = file.name.split(".")[0]!;
      return { name: file.name, size: file.size, kind, recognised: `a ${kind}`, advice: "Leave it." };
    },
    async addAcceleration(file) {
      calls.push(`acceleration ${file.name}`);
      return info;
    },
    async removeAcceleration() {
      info = withoutAcceleration(info);
      return info;
    },
    async addLora({ file, scale }) {
      calls.push(`lora ${file.name} ${scale}`);
      info = { ...info, loras: [...info.loras, { name: file.name, scale }] };
      return info;
    },
    async scaleLora({ name, scale }) {
      info = { ...info, loras: info.loras.map((lora) => (lora.name === name ? { name, scale } : lora)) };
      return info;
    },
    async removeLora(name) {
      info = { ...info, loras: info.loras.filter((lora) => lora.name !== name) };
      return info;
    },
    async addEmbedding(file) {
      calls.push(`embedding ${file.name}`);
      info = { ...info, embeddings: [...info.embeddings, file.name] };
      return info;
    },
    async removeEmbedding(name) {
      info = { ...info, embeddings: info.embeddings.filter((word) => word !== name) };
      return info;
    },
    async generate(request, { signal, emit }) {
      asked.push(request);
      if (fails) throw fails;
      for (let step = 1; step <= 4; step++) {
        await new Promise((resolve) => setTimeout(resolve));
        if (signal.aborted) throw new SunstepError("ABORTED", "cancelled");
        emit({ progress: { text: `Step ${step} of 4` } });
      }
      finished.push(request);
      const { width = 0, height = 0 } = request.options;
      const warm = !cold;
      cold = false;
      return {
        png: new Blob(),
        width,
        height,
        parameters: request.prompt,
        evaluations: 4,
        ...(warm && { milliseconds: 100 }),
      };
    },
    async draft(request, { signal }) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (signal.aborted) throw new SunstepError("ABORTED", "cancelled");
      drafted.push(request);
      return { width: 1, height: 1, channels: 3, data: new Uint8Array(3) };
    },
    readImage: async () => ({
      image: { width: 2, height: 1, channels: 3, data: new Uint8Array(6) },
    }),
  };

  return {
    asked,
    /** Finished drafts. */
    drafted,
    finished,
    calls,
    /** Sets the error of later calls to open and generate. */
    failWith(error: SunstepError | undefined) {
      fails = error;
    },
    /** Leaves out the time of the next image. */
    warmsUp() {
      cold = true;
    },
    /** Sets the milliseconds that later calls to open take. */
    opensIn(milliseconds: number) {
      openingTime = milliseconds;
    },
    start() {
      const [ours, theirs] = linkedPorts();
      serve(theirs, methods);
      const { remote, fail } = connect<EngineMethods>(ours);
      calls.push("start");
      return { engine: remote, stop: () => fail(new SunstepError("ABORTED", "stopped")) };
    },
  };
}

function nameOf(source: ModelSource): string {
  if (source.kind === "embedded") return emoji.name;
  return source.kind === "file" ? source.file.name : source.name;
}

function withoutAcceleration({ acceleration: _, ...info }: ModelInfo): ModelInfo {
  return info;
}

/** Replaces MessageChannel: Node's turns Files into Blobs without a name. */
function linkedPorts(): readonly [Port, Port] {
  const listeners: ((event: MessageEvent) => void)[][] = [[], []];
  const port = (own: number): Port => ({
    addEventListener: (_, listener) => listeners[own]!.push(listener),
    postMessage(data) {
      setTimeout(() => {
        for (const listener of listeners[1 - own]!) listener(new MessageEvent("message", { data }));
      });
    },
  });
  return [port(0), port(1)];
}
