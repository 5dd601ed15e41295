// A backend of your own: ONNX Runtime in the calling thread, without a worker, a cache or mapped weights.
import { lowerToElementary } from "@sunstep/graph-passes";
import { runPasses, writeOnnx } from "@sunstep/onnx-graph";
import { checkVariants, createSession, tensorSpecs } from "@sunstep/runtime";
import { tensor } from "@sunstep/tensor";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { StableDiffusion } from "sunstep";

/** Reads all weights into the graph, so that the ONNX file needs no others. */
async function withWeights(model) {
  const initializers = new Map();
  for (const [name, initializer] of model.graph.initializers) {
    const { data } = initializer;
    const bytes = data.kind === "inline" ? data.bytes : await data.source.read(data.offset, data.length);
    initializers.set(name, { ...initializer, data: { kind: "inline", bytes } });
  }
  return { ...model, graph: { ...model.graph, initializers } };
}

const mapValues = (record, map) =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));

/** @type {import("@sunstep/runtime").Runtime} */
const runtime = {
  name: "plain ONNX Runtime",
  device: "cpu",
  batching: "sequential",
  async load(model, { label = model.graph.name, variants = {}, variant } = {}) {
    const [inputs, outputs] = [model.graph.inputs, model.graph.outputs].map(tensorSpecs);
    checkVariants(label, inputs, variants, variant);
    const { model: lowered } = runPasses(model, lowerToElementary);
    const session = await InferenceSession.create(writeOnnx(await withWeights(lowered)), {
      logSeverityLevel: 3,
    });
    return createSession({
      label,
      inputs,
      outputs,
      variants,
      hold: () => () => undefined,
      async run(feeds, { variant: chosen }) {
        const given = mapValues(
          { ...feeds, ...variants[chosen] },
          ({ dtype, data, shape }) => new Tensor(dtype, data, shape),
        );
        return mapValues(await session.run(given), ({ data, dims, type }) => tensor(data, dims, type));
      },
      discard: async () => undefined,
      dispose: () => session.release(),
    });
  },
  keep: () => Promise.reject(new Error("tensors stay in JavaScript: pass them to every run")),
  dispose: async () => undefined,
};

const sd = await StableDiffusion.fromPretrained("emoji", { runtime });
const { images } = await sd.generate("a red apple", { seed: 42 });
await images[0].save("apple.png");
await sd.dispose();
