import {
  codeOfDataType,
  editGraph,
  type GraphIndex,
  indexGraph,
  int,
  type Model,
  type NamedValue,
  type Node,
  numberAttribute,
  type Pass,
  type PassResult,
  staticShape,
  type Value,
} from "@sunstep/onnx-graph";

/** Marks a token whose embedding is given, in `input_ids`. ONNX counts it from the end of the table, so that it can be read. */
export const GIVEN_TOKEN = -1;

/**
 * A pass that lets the caller of a text encoder give the embeddings of tokens: it adds the input `token_embeds`
 * [batch, tokens, width], float32, which replaces the table's row wherever `input_ids` is `GIVEN_TOKEN`. The table of a
 * textual inversion's words would have to be another for every list of words.
 */
export const addTokenEmbeds: Pass = { name: "addTokenEmbeds", run: replaceRows };

function replaceRows(model: Model): PassResult {
  const { graph } = model;
  const index = indexGraph(graph);
  const lookup = graph.nodes.find(({ op, inputs }) => op === "Gather" && inputs[1] === "input_ids");
  const embedded = lookup && castToFloat32(lookup, index);
  const shape = embedded && staticShape(graph.values.get(embedded)?.shape);
  if (!lookup || !embedded || !shape) return { model, modified: false };
  const given: NamedValue = { name: "token_embeds", dtype: "float32", shape };
  const withInput = { ...model, graph: { ...graph, inputs: [...graph.inputs, given] } };
  let replaced: string | undefined;
  return editGraph(withInput, (node, emit) => {
    if (node.outputs.includes(embedded)) {
      const chosen = emit.scope("token_embeds", () => {
        const cast = (name: string, dtype: Value["dtype"]) => {
          const value = emit.value(name);
          return value.dtype === dtype ? value : emit.op("Cast", [value], { to: int(codeOfDataType(dtype)) });
        };
        const isGiven = emit.op("Less", [cast("input_ids", "int64"), emit.ints([0])]);
        const column = emit.op("Unsqueeze", [isGiven, emit.ints([-1])]);
        const table = emit.value(embedded);
        return emit.op("Where", [column, cast(given.name, table.dtype), table]);
      });
      replaced = chosen.name;
      return [node, ...emit.nodes];
    }
    if (replaced === undefined || !node.inputs.includes(embedded)) return undefined;
    return [{ ...node, inputs: node.inputs.map((input) => (input === embedded ? replaced! : input)) }];
  });
}

/** The embeddings in float32: the result of the lookup, or of its Cast. */
function castToFloat32({ outputs: [output = ""] }: Node, index: GraphIndex): string {
  const [reader, ...others] = index.consumers(output);
  const isCast =
    others.length === 0 &&
    reader?.op === "Cast" &&
    numberAttribute(reader.attributes, "to", 0) === codeOfDataType("float32");
  return isCast ? reader.outputs[0]! : output;
}
