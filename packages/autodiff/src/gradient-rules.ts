// One rule per operator of ai.onnx; the folder is named after them.
import type { GradientRule } from "./rule.js";
import { Abs } from "./rules/Abs.js";
import { Add } from "./rules/Add.js";
import { Attention } from "./rules/Attention.js";
import { Cast } from "./rules/Cast.js";
import { Clip } from "./rules/Clip.js";
import { Concat } from "./rules/Concat.js";
import { Conv } from "./rules/Conv.js";
import { Cos } from "./rules/Cos.js";
import { Div } from "./rules/Div.js";
import { Erf } from "./rules/Erf.js";
import { Exp } from "./rules/Exp.js";
import { Expand } from "./rules/Expand.js";
import { Flatten } from "./rules/Flatten.js";
import { Gather } from "./rules/Gather.js";
import { GatherND } from "./rules/GatherND.js";
import { Gelu } from "./rules/Gelu.js";
import { Gemm } from "./rules/Gemm.js";
import { Identity } from "./rules/Identity.js";
import { LayerNormalization } from "./rules/LayerNormalization.js";
import { Log } from "./rules/Log.js";
import { MatMul } from "./rules/MatMul.js";
import { Max } from "./rules/Max.js";
import { Min } from "./rules/Min.js";
import { Mul } from "./rules/Mul.js";
import { Neg } from "./rules/Neg.js";
import { Pad } from "./rules/Pad.js";
import { Pow } from "./rules/Pow.js";
import { Reciprocal } from "./rules/Reciprocal.js";
import { ReduceL2 } from "./rules/ReduceL2.js";
import { ReduceMean } from "./rules/ReduceMean.js";
import { ReduceSum } from "./rules/ReduceSum.js";
import { ReduceSumSquare } from "./rules/ReduceSumSquare.js";
import { Relu } from "./rules/Relu.js";
import { Reshape } from "./rules/Reshape.js";
import { Resize } from "./rules/Resize.js";
import { Sigmoid } from "./rules/Sigmoid.js";
import { Sin } from "./rules/Sin.js";
import { Slice } from "./rules/Slice.js";
import { Softmax } from "./rules/Softmax.js";
import { Split } from "./rules/Split.js";
import { Sqrt } from "./rules/Sqrt.js";
import { Squeeze } from "./rules/Squeeze.js";
import { Sub } from "./rules/Sub.js";
import { Sum } from "./rules/Sum.js";
import { Tanh } from "./rules/Tanh.js";
import { Transpose } from "./rules/Transpose.js";
import { Unsqueeze } from "./rules/Unsqueeze.js";
import { Where } from "./rules/Where.js";

/** Rules by operator. GroupNormalization and InstanceNormalization become LayerNormalization before (`prepare`). */
export const gradientRules: Readonly<Record<string, GradientRule>> = {
  Abs,
  Add,
  Attention,
  Cast,
  Clip,
  Concat,
  Conv,
  Cos,
  Div,
  Erf,
  Exp,
  Expand,
  Flatten,
  Gather,
  GatherND,
  Gelu,
  Gemm,
  Identity,
  LayerNormalization,
  Log,
  MatMul,
  Max,
  Min,
  Mul,
  Neg,
  Pad,
  Pow,
  Reciprocal,
  ReduceL2,
  ReduceMean,
  ReduceSum,
  ReduceSumSquare,
  Relu,
  Reshape,
  Resize,
  Sigmoid,
  Sin,
  Slice,
  Softmax,
  Split,
  Sqrt,
  Squeeze,
  Sub,
  Sum,
  Tanh,
  Transpose,
  Unsqueeze,
  Where,
};
