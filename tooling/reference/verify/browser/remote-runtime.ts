import type { TestPage } from "@sunstep/browser-testing";
import { type Initializer, type Model, writeOnnx } from "@sunstep/onnx-graph";
import { type Runtime, type Session, tensorSpecs } from "@sunstep/runtime";
import type { WebDevice } from "@sunstep/runtime-web";
import type { Tensor } from "@sunstep/tensor";
import { decodeTensors, encodeBytes, encodeTensors } from "./encoding.js";

declare global {
  var referencePage: typeof import("./page.js").referencePage;
}

/** Returns a runtime that runs models in the page; for small models, since everything crosses as text. */
export async function remoteRuntime({ page }: TestPage, device: WebDevice): Promise<Runtime> {
  const notNeeded = () => Promise.reject(new Error("no reference case needs it"));
  const started = await page.evaluate((device) => globalThis.referencePage.start(device), device);
  return {
    ...started,
    batching: "sequential",
    async load(model, { label = model.graph.name } = {}): Promise<Session> {
      const onnx = encodeBytes(writeOnnx(await withInlineWeights(model)));
      const session = await page.evaluate(([onnx, label]) => globalThis.referencePage.load(onnx, label), [
        onnx,
        label,
      ] as const);
      return {
        inputs: tensorSpecs(model.graph.inputs),
        outputs: tensorSpecs(model.graph.outputs),
        async run(feeds) {
          const given = encodeTensors(feeds as Record<string, Tensor>);
          const results = await page.evaluate(
            ([session, given]) => globalThis.referencePage.run(session, given),
            [session, given] as const,
          );
          return decodeTensors(results);
        },
        dispose: () => page.evaluate((session) => globalThis.referencePage.dispose(session), session),
      };
    },
    keep: notNeeded,
    dispose: async () => undefined,
  };
}

async function withInlineWeights(model: Model): Promise<Model> {
  const initializers = await Promise.all(
    [...model.graph.initializers].map(async ([name, initializer]): Promise<[string, Initializer]> => {
      const { data } = initializer;
      if (data.kind === "inline") return [name, initializer];
      const bytes = await data.source.read(data.offset, data.length);
      return [name, { ...initializer, data: { kind: "inline", bytes } }];
    }),
  );
  return { ...model, graph: { ...model.graph, initializers: new Map(initializers) } };
}
