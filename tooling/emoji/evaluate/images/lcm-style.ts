// An adapter of SUN's form that was distilled without negative prompts, as LCMs are: its negative branch always read the empty
// one. Here it is part of the network, so that other methods can read negative prompts.
import type { Model, Pass } from "@sunstep/onnx-graph";
import type { Acceleration, Adapter, Conditioning, GenerateOptions, Pipeline } from "@sunstep/pipeline";
import { addSunAdapter, type SunAdapter } from "@sunstep/sun-adapter";
import { tensor } from "@sunstep/tensor";

export type LcmStyle = Pick<GenerateOptions, "adapters" | "acceleration">;

/** The inputs of SUN's branch by other names. */
const INPUTS = { negative_hidden_states: "lcm_hidden_states", sun_scale: "lcm_scale" } as const;

const TOKENS = 77;

/** Reads the encoding of the empty prompt from the pipeline. */
export async function openLcmStyle(pipeline: Pipeline, file: SunAdapter): Promise<LcmStyle> {
  const inputs: Conditioning = {
    [INPUTS.negative_hidden_states]: await emptyPrompt(pipeline),
    [INPUTS.sun_scale]: tensor(Float32Array.of(1), [1]),
  };
  const adapter: Adapter = {
    key: "lcm style",
    passes: (network) =>
      network === "unet" ? [addSunAdapter(file, { negativeTokens: TOKENS }), renameInputs] : [],
  };
  const acceleration: Acceleration = {
    name: "lcm style",
    defaults: { steps: 4, guidanceScale: 0, scheduler: (config) => config },
    condition: ({ negative, ...prompts }) => ({
      ...prompts,
      positive: { ...prompts.positive, ...inputs },
      ...(negative && { negative: { ...negative, ...inputs } }),
    }),
  };
  return { adapters: [adapter], acceleration };
}

async function emptyPrompt(pipeline: Pipeline): Promise<Conditioning[string]> {
  let encoded: Conditioning[string] | undefined;
  const reader: Acceleration = {
    name: "reader",
    defaults: { steps: 1, guidanceScale: 0, scheduler: (config) => config },
    readsNegative: true,
    condition: ({ positive, negative }) => {
      encoded = negative!.encoder_hidden_states!;
      return { positive };
    },
  };
  await pipeline.generate("", { negativePrompt: "", acceleration: reader, steps: 1, seed: 0 });
  return encoded!;
}

const renameInputs: Pass = {
  name: "renameInputs",
  run: (model: Model) => {
    const renamed = (name: string) => (INPUTS as Readonly<Record<string, string>>)[name] ?? name;
    const { graph } = model;
    const inputs = graph.inputs.map((input) => ({ ...input, name: renamed(input.name) }));
    const nodes = graph.nodes.map((node) => ({ ...node, inputs: node.inputs.map(renamed) }));
    return { model: { ...model, graph: { ...graph, inputs, nodes } }, modified: true };
  },
};
