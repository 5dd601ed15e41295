// The page that runs the models of `remoteRuntime`.
import { readOnnx } from "@sunstep/onnx-graph";
import type { Runtime, Session } from "@sunstep/runtime";
import { createWebRuntime, type WebDevice } from "@sunstep/runtime-web";
import { decodeBytes, decodeTensors, type EncodedTensors, encodeTensors } from "./encoding.js";

let runtime: Promise<Runtime> | undefined;
const sessions: Session[] = [];

export const referencePage = {
  async start(device: WebDevice) {
    runtime = createWebRuntime({ device });
    const { name, device: actual } = await runtime;
    return { name, device: actual };
  },
  async load(onnx: string, label: string) {
    const session = await (await runtime)!.load(await readOnnx(decodeBytes(onnx)), { label });
    return sessions.push(session) - 1;
  },
  async run(session: number, feeds: EncodedTensors) {
    return encodeTensors(await sessions[session]!.run(decodeTensors(feeds)));
  },
  dispose: (session: number) => sessions[session]!.dispose(),
};

Object.assign(globalThis, { referencePage });
