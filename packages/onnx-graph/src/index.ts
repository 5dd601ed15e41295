export { elementCount } from "@sunstep/tensor";
export {
  float,
  floats,
  int,
  ints,
  intsAttribute,
  numberAttribute,
  string,
  stringAttribute,
  tensorAttribute,
} from "./attributes.js";
export { type BuilderOptions, GraphBuilder } from "./builder.js";
export {
  CONTEXT_INPUT,
  type CrossAttention,
  findCrossAttentions,
  NEGATIVE_INPUT,
  negativeInput,
} from "./cross-attention.js";
export {
  boolData,
  byteLength,
  float32Data,
  inlineNumbers,
  int64Data,
  staticShape,
} from "./data.js";
export { editGraph, type NodeEdit, replaceResults, withNodes } from "./edit-graph.js";
export { type EmbedOptions, embedModel } from "./embed.js";
export { emitStoredWeight, emitWeight, type StoredWeight } from "./emit-weight.js";
export { type EmitterContext, NodeEmitter, type OperatorOptions, type Value } from "./emitter.js";
export { emitterFor } from "./emitter-for.js";
export { type OnnxErrorCode, onnxErrors } from "./errors.js";
export { type GraphIndex, indexGraph, valuesRead } from "./graph-index.js";
export type {
  Attribute,
  Attributes,
  DataType,
  Dimension,
  ExternalData,
  Graph,
  Initializer,
  InlineData,
  Integer,
  Model,
  NamedValue,
  Node,
  OtherType,
  ValueType,
} from "./model.js";
export { checkModel } from "./onnx/check.js";
export { codeOfDataType } from "./onnx/data-type-codes.js";
export { readOnnx } from "./onnx/read.js";
export type { ReadOnnxOptions } from "./onnx/read-options.js";
export { type WriteOnnxOptions, writeOnnx } from "./onnx/write.js";
export { type Miss, type Pass, type PassOptions, type PassResult, runPasses } from "./pass.js";
export { bindInputs } from "./passes/bind-inputs.js";
export { removeDeadCode } from "./passes/dead-code.js";
export { fixShapes } from "./passes/fix-shapes.js";
export { hoistConstants } from "./passes/hoist-constants.js";
export { removeIdentities } from "./passes/identity.js";
export { sortTopologically } from "./passes/topological-order.js";
export type { NodeName, Pattern, ValueName } from "./rewrite/pattern.js";
export { rewrite } from "./rewrite/rewrite.js";
export { defineRule, type MatchContext, type RewriteContext, type RewriteRule } from "./rewrite/rule.js";
export { mapSubgraphs } from "./subgraphs.js";
export { valuesFrom } from "./values-from.js";
