import { type ClipTextConfig, parseClipTextConfig } from "@sunstep/checkpoint";
import { type Model, numberAttribute } from "@sunstep/onnx-graph";
import { epsilonOf, factsOf, type GraphFacts } from "./graph-facts.js";

/** Derives a text encoder's config from its graph, for folders of diffusers, which have none. */
export function deriveClipTextConfig(model: Model, file: string): ClipTextConfig {
  const facts = factsOf(model);
  const ids = model.graph.inputs[0]?.name ?? "";
  const table = facts.of("Gather").find(({ inputs }) => inputs[1] === ids || isMadeOf(inputs[1], ids, facts));
  const [vocabulary = 0, hidden = 0] = facts.shape(table?.inputs[0]);
  const attentions = facts.of("Attention");
  const widths = facts.of("MatMul").map(({ outputs }) => facts.shape(outputs[0]).at(-1)!);
  const projection = model.graph.outputs.find(
    ({ name, shape }) => shape?.length === 2 && facts.index.producer(name)?.op === "MatMul",
  );
  const width = projection && facts.shape(projection.name)[1];
  return parseClipTextConfig(
    {
      architectures: [width === undefined ? "CLIPTextModel" : "CLIPTextModelWithProjection"],
      vocab_size: vocabulary,
      hidden_size: hidden,
      intermediate_size: widths.find((one) => one !== hidden && one !== width) ?? hidden,
      num_hidden_layers: attentions.length,
      num_attention_heads: numberAttribute(attentions[0]?.attributes ?? {}, "q_num_heads", 1),
      max_position_embeddings: positions(facts, hidden, vocabulary),
      hidden_act: facts.of("Gelu").length > 0 ? "gelu" : "quick_gelu",
      layer_norm_eps: epsilonOf(facts.of("LayerNormalization")[0]),
      ...(width !== undefined && { projection_dim: width }),
      // The pooled state is taken where ids are largest.
      eos_token_id: 2,
    },
    `${file} (derived config)`,
  );
}

function isMadeOf(value: string | undefined, input: string, facts: GraphFacts): boolean {
  const [source] = facts.index.producer(value ?? "")?.inputs ?? [];
  return source !== undefined && (source === input || isMadeOf(source, input, facts));
}

/** Rows of the table of positions: the other matrix of the hidden width that is looked up. */
function positions({ model, index }: GraphFacts, hidden: number, vocabulary: number): number {
  for (const [name, { shape }] of model.graph.initializers) {
    const [rows = 0, width] = shape.slice(-2);
    const isTable = shape.length >= 2 && width === hidden && rows !== vocabulary;
    if (isTable && index.consumers(name).some(({ op }) => ["Add", "Gather", "Slice", "Cast"].includes(op)))
      return rows;
  }
  return model.graph.inputs[0]?.shape?.[1] as number;
}
