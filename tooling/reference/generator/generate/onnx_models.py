"""Small ONNX models of the official package, for what a reader and a shape inference must not lose or get wrong.

`python -m generate.onnx_models OUT` (onnx 1.23, numpy) writes OUT/*.onnx, and OUT/shapes.json: one row per operator case
with the types that onnx's own shape inference finds (strict, with data propagation).
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnx.external_data_helper
from onnx import TensorProto as T
from onnx import helper as h
from onnx import numpy_helper


def value(name, dtype=T.FLOAT, shape=(2,)):
    return h.make_tensor_value_info(name, dtype, shape)


def untyped(name):
    info = onnx.ValueInfoProto()
    info.name = name
    return info


def model(nodes, inputs, outputs, opset=21, initializers=(), **more):
    graph = h.make_graph(nodes, "graph", inputs, outputs, initializers, sparse_initializer=more.pop("sparse", ()))
    opsets = [h.make_opsetid("", opset), *[h.make_opsetid(d, v) for d, v in more.pop("domains", {}).items()]]
    return h.make_model(graph, opset_imports=opsets, ir_version=10, **more)


def branch(name, op, output):
    return h.make_graph([h.make_node(op, ["x"], [name], name=name)], name, [], [output])


def kinds():
    x = value("x")
    choose = h.make_node(
        "If",
        ["which"],
        ["y"],
        name="choose",
        then_branch=branch("then", "Neg", untyped("then")),
        else_branch=branch("else", "Abs", untyped("else")),
    )
    yield "if-untyped-branches", model([choose], [value("which", T.BOOL, []), x], [value("y")])
    yield "untyped-output", model([h.make_node("Neg", ["x"], ["y"])], [x], [untyped("y")])
    body = h.make_graph(
        [h.make_node("Identity", ["again"], ["more"]), h.make_node("Add", ["sum", "x"], ["next"])],
        "body",
        [value("i", T.INT64, []), value("again", T.BOOL, []), untyped("sum")],
        [value("more", T.BOOL, []), untyped("next")],
    )
    loop = h.make_node("Loop", ["count", "", "x"], ["y"], name="loop", body=body)
    yield "loop-untyped-state", model([loop], [value("count", T.INT64, []), x], [value("y")])
    sequence = h.make_tensor_sequence_value_info("pair", T.FLOAT, [2])
    yield "sequence-output", model([h.make_node("SequenceConstruct", ["x", "x"], ["pair"])], [x], [sequence])
    optional = h.make_value_info("maybe", h.make_optional_type_proto(h.make_tensor_type_proto(T.FLOAT, [2])))
    yield "optional-output", model([h.make_node("Optional", ["x"], ["maybe"])], [x], [optional])
    none = h.make_node("Optional", [], ["maybe"], type=h.make_tensor_type_proto(T.FLOAT, [2]))
    yield "type-attribute", model([none], [], [optional])
    probabilities = h.make_value_info(
        "maps", h.make_sequence_type_proto(h.make_map_type_proto(T.INT64, h.make_tensor_type_proto(T.FLOAT, [])))
    )
    zip_map = h.make_node("ZipMap", ["x"], ["maps"], domain="ai.onnx.ml", classlabels_int64s=[3, 2**53 + 1])
    yield "map-output", model([zip_map], [value("x", T.FLOAT, [1, 2])], [probabilities], domains={"ai.onnx.ml": 3})
    words = h.make_tensor("words", T.STRING, [3], [b"a", "ü".encode(), b"\xff\x00\xfe"])
    yield "string-initializer", model([h.make_node("Identity", ["words"], ["y"])], [], [value("y", T.STRING, [3])], initializers=[words])
    split = h.make_node("StringSplit", ["s"], ["y", "n"], name="split", delimiter=b"\xff\xfe")
    yield "bytes-attribute", model([split], [value("s", T.STRING, [1])], [value("y", T.STRING, [1, None]), value("n", T.INT64, [1])])
    normalize = h.make_node("StringNormalizer", ["s"], ["y"], stopwords=[b"the", b"\xc3\x28"])
    yield "byte-strings-attribute", model([normalize], [value("s", T.STRING, [1])], [value("y", T.STRING, [None])])
    slice_ = h.make_node("Slice", ["x"], ["y"], starts=[0], ends=[2**63 - 2])
    yield "integer-beyond-double", model([slice_], [x], [value("y")], opset=9)
    constant = h.make_node("Constant", [], ["y"], value_int=2**53 + 1)
    yield "integer-constant", model([constant], [], [value("y", T.INT64, [])])
    values = h.make_tensor("weight", T.FLOAT, [1], [5.0])
    indices = h.make_tensor("indices", T.INT64, [1], [1])
    sparse = h.make_sparse_tensor(values, indices, [2])
    yield "sparse-initializer", model([h.make_node("Add", ["x", "weight"], ["y"])], [x], [value("y")], sparse=[sparse])
    sparse_constant = h.make_node("Constant", [], ["y"], sparse_value=sparse)
    yield "sparse-attribute", model([sparse_constant], [], [value("y")])
    twice = h.make_function("local", "Twice", ["a"], ["b"], [h.make_node("Add", ["a", "a"], ["b"])], [h.make_opsetid("", 21)])
    yield "local-function", model([h.make_node("Twice", ["x"], ["y"], domain="local")], [x], [value("y")], functions=[twice], domains={"local": 1})
    scan = model([h.make_node("Neg", ["x"], ["y"])], [x], [value("y")])
    scan.training_info.add()
    yield "training-info", scan
    yield "float8", model([h.make_node("Cast", ["x"], ["y"], to=T.FLOAT8E4M3FN)], [x], [value("y", T.FLOAT8E4M3FN)])
    # As torch writes models of more than 2 GB: a file for each weight, and no offset or length.
    alone = numpy_helper.from_array(np.zeros(2, np.float32), "weight")
    onnx.external_data_helper.set_external_data(alone, location="weight")
    alone.ClearField("raw_data")
    yield "external-without-length", model([h.make_node("Add", ["x", "weight"], ["y"])], [x], [value("y")], initializers=[alone])
    yield "opset-28", model([h.make_node("Neg", ["x"], ["y"])], [x], [value("y")], opset=28)


def shaped(op, inputs, outputs=1, opset=23, constants=None, dtypes=None, domain="", attributes=None):
    """One case: inputs are shapes or None for absent ones, constants are values by index of input."""
    return dict(op=op, inputs=inputs, outputs=outputs, opset=opset, constants=constants or {}, dtypes=dtypes or {}, domain=domain, attributes=attributes or {})


def cases():
    heads = dict(q_num_heads=4, kv_num_heads=2)
    yield shaped("Attention", [[2, 3, 16], [2, 5, 8], [2, 5, 12]], attributes=heads)
    yield shaped("Attention", [[2, 4, 3, 8], [2, 2, 5, 8], [2, 2, 5, 6]])
    yield shaped("Attention", [[2, 4, 3, 8], [2, 2, 5, 8], [2, 2, 5, 6], None, [2, 2, 7, 8], [2, 2, 7, 6]], outputs=4, attributes=dict(qk_matmul_output_mode=1))
    yield shaped("Attention", [[2, 3, 16], [2, 5, 8], [2, 5, 12], [3, 12], [2, 2, 7, 4], [2, 2, 7, 6]], outputs=4, attributes=heads)
    for count in (1, 2):
        yield shaped("Dropout", [[2, 3]], outputs=count)
        yield shaped("MaxPool", [[1, 2, 7, 8]], outputs=count, attributes=dict(kernel_shape=[3, 2], strides=[2, 1]))
        yield shaped("RMSNormalization", [[2, 3, 4], [4]])
    yield shaped("BatchNormalization", [[2, 3, 4], [3], [3], [3], [3]])
    yield shaped("BatchNormalization", [[2, 3, 4], [3], [3], [3], [3]], outputs=3, attributes=dict(training_mode=1))
    yield shaped("LayerNormalization", [[2, 3, 4], [4]], outputs=3, attributes=dict(axis=1))
    sizes = [1, 3, 8, 6]
    yield shaped("Resize", [sizes, None, [4]], constants={2: [1, 1, 2, 1.5]})
    yield shaped("Resize", [sizes, [4]], opset=10, constants={1: [1, 1, 2, 1.5]})
    yield shaped("Resize", [sizes, None, None, [4]], constants={3: [1, 3, 4, 9]})
    yield shaped("Resize", [sizes, None, [2]], constants={2: [0.5, 2]}, attributes=dict(axes=[2, 3]))
    yield shaped("Resize", [sizes, None, None, [2]], constants={3: [5, 4]}, attributes=dict(axes=[3, 2]))
    yield shaped("Resize", [sizes, None, None, [1]], constants={3: [5]}, attributes=dict(axes=[-1]))
    for policy in ("not_larger", "not_smaller"):
        for wanted in ([16, 20], [3, 9], [8, 6]):
            attributes = dict(axes=[2, 3], keep_aspect_ratio_policy=policy)
            yield shaped("Resize", [sizes, None, None, [2]], constants={3: wanted}, attributes=attributes)
    yield shaped("Resize", [sizes, None, None, [4]], constants={3: [1, 3, 4, 9]}, attributes=dict(keep_aspect_ratio_policy="not_larger", axes=[0, 1, 2, 3]))
    for start, end in ((None, None), (1, None), (-2, None), (1, 3), (0, -1), (3, 1), (-9, 9)):
        attributes = {k: v for k, v in dict(start=start, end=end).items() if v is not None}
        yield shaped("Shape", [[2, 3, 4, 5]], attributes=attributes)
    transposed = [[1, 4, 5, 6], [4, 3, 3, 2]]
    yield shaped("ConvTranspose", transposed, attributes=dict(strides=[2, 3], pads=[1, 0, 1, 1]))
    yield shaped("ConvTranspose", transposed, attributes=dict(strides=[2, 2], output_shape=[10, 12]))
    yield shaped("ConvTranspose", transposed, attributes=dict(strides=[2, 2], output_padding=[1, 0], dilations=[2, 1]))
    yield shaped("ConvTranspose", transposed, attributes=dict(strides=[2, 2], group=2))
    yield shaped("ConvTranspose", transposed, attributes=dict(strides=[2, 2], auto_pad="VALID"))
    for pad in ("SAME_UPPER", "SAME_LOWER", "VALID", "NOTSET"):
        yield shaped("Conv", [[1, 4, 7, 8], [6, 4, 3, 2]], attributes=dict(strides=[2, 3], auto_pad=pad))
        yield shaped("AveragePool", [[1, 4, 7, 8]], attributes=dict(strides=[2, 3], kernel_shape=[3, 2], auto_pad=pad))
    for ceil in (0, 1):
        yield shaped("MaxPool", [[1, 1, 7, 8]], outputs=2, attributes=dict(kernel_shape=[3, 3], strides=[2, 2], ceil_mode=ceil, pads=[1, 0, 0, 1]))
    yield shaped("QuantizeLinear", [[2, 3], []])
    yield shaped("QuantizeLinear", [[2, 3], [], []], dtypes={2: T.INT8})
    yield shaped("QuantizeLinear", [[2, 3], []], attributes=dict(output_dtype=T.INT16))
    yield shaped("DequantizeLinear", [[2, 3], [], []], dtypes={0: T.INT8, 2: T.INT8})
    yield shaped("DequantizeLinear", [[2, 3], []], dtypes={0: T.INT8, 1: T.FLOAT16})
    yield shaped("Slice", [[4, 5], [2], [2], [2], [2]], constants={1: [3, 0], 2: [1, 9], 3: [0, 1], 4: [1, 2]})
    yield shaped("Slice", [[4, 5], [1], [1]], constants={1: [4], 2: [9]})
    yield shaped("Slice", [[0, 5], [1], [1], [1], [1]], constants={1: [-1], 2: [-9], 3: [0], 4: [-1]})
    yield shaped("Slice", [[4, 5], [1], [1], [1], [1]], constants={1: [-1], 2: [-(2**63) + 1], 3: [1], 4: [-2]})
    yield shaped("Split", [[7, 2]], outputs=3, attributes=dict(num_outputs=3))
    yield shaped("Split", [[4, 2]], outputs=2, opset=11, attributes=dict(split=[1, 3]))
    yield shaped("TopK", [[3, 5], [1]], outputs=2, constants={1: [2]})
    yield shaped("Flatten", [[2, 3, 4]], attributes=dict(axis=-1))
    yield shaped("Flatten", [[2, 3, 4]], attributes=dict(axis=0))
    yield shaped("Gather", [[3, 4], [2, 2]], dtypes={1: T.INT64}, attributes=dict(axis=1))
    yield shaped("MatMul", [[3], [3, 2]])
    yield shaped("MatMul", [[2, 3], [3]])
    yield shaped("MatMul", [[3], [3]])
    yield shaped("Reshape", [[2, 0, 3], [2]], constants={1: [0, 3]}, attributes=dict(allowzero=1))
    yield shaped("Reshape", [[2, 3], [3]], constants={1: [0, -1, 1]})
    yield shaped("Tile", [[2, 3], [2]], constants={1: [2, 1]})
    yield shaped("ReduceMax", [[2, 3, 4], [1]], constants={1: [-1]}, attributes=dict(keepdims=0))
    yield shaped("ReduceLogSum", [[2, 3, 4]], attributes=dict(keepdims=0))
    yield shaped("ReduceSum", [[2, 3], [0]], constants={1: []}, attributes=dict(noop_with_empty_axes=1))
    yield shaped("ArgMax", [[2, 3]], attributes=dict(axis=-1, keepdims=0))
    yield shaped("Concat", [[2, 3], [2, 1]], attributes=dict(axis=-1))
    yield shaped("Pad", [[2, 3], [2], None, [1]], constants={1: [1, 2], 3: [-1]})
    yield shaped("Expand", [[3, 1], [3]], constants={1: [2, 1, 4]})
    yield shaped("Where", [[2, 1], [3], []], dtypes={0: T.BOOL})
    yield shaped("OneHot", [[2, 3], [], [2]], dtypes={0: T.INT64, 1: T.INT64}, constants={1: 4}, attributes=dict(axis=1))
    yield shaped("CastLike", [[2], [1]], dtypes={1: T.INT32})
    yield shaped("GlobalMaxPool", [[1, 2, 3, 4]])
    yield shaped("DepthToSpace", [[1, 8, 2, 3]], attributes=dict(blocksize=2))
    yield shaped("SpaceToDepth", [[1, 2, 4, 6]], attributes=dict(blocksize=2))
    yield shaped("GatherND", [[2, 3, 4], [2, 1]], dtypes={1: T.INT64}, attributes=dict(batch_dims=1))
    yield shaped("ScatterND", [[4, 2], [3, 1], [3, 2]], dtypes={1: T.INT64})
    yield shaped("Einsum", [[2, 3], [3, 4]], attributes=dict(equation="ij,jk->ik"))
    yield shaped("Swish", [[2, 3]], opset=24)
    yield shaped("Size", [[2, 3]])
    yield shaped("NonZero", [[2, 3]])
    yield shaped("RotaryEmbedding", [[1, 2, 3, 4], [3, 2], [3, 2]])
    yield shaped("Constant", [], attributes=dict(value_strings=["a", "b"]))
    yield shaped("Unsqueeze", [[2, 3], [2]], constants={1: [-1, 0]})
    yield shaped("Squeeze", [[1, 3, 1], [1]], constants={1: [-1]})
    yield shaped("Range", [[], [], []], dtypes={0: T.INT64, 1: T.INT64, 2: T.INT64}, constants={0: 1, 1: 8, 2: 3})


def is_scale(case, i):
    return case["op"] == "Resize" and (i == 2 or case["opset"] == 10)


def infer(case):
    """The types of a case's outputs, or None where onnx itself does not find a whole shape."""
    names, infos, initializers = [], [], []
    for i, shape in enumerate(case["inputs"]):
        if shape is None:
            names.append("")
            continue
        names.append(f"x{i}")
        dtype = case["dtypes"].get(i)
        if i in case["constants"]:
            numbers = np.array(case["constants"][i], dtype=np.float32 if is_scale(case, i) else np.int64)
            initializers.append(numpy_helper.from_array(numbers.reshape(shape), f"x{i}"))
        else:
            infos.append(h.make_tensor_value_info(f"x{i}", dtype or T.FLOAT, shape))
    outputs = [f"y{i}" for i in range(case["outputs"])]
    node = h.make_node(case["op"], names, outputs, domain=case["domain"], **case["attributes"])
    graph = h.make_graph([node], "graph", infos, [untyped(name) for name in outputs], initializers)
    made = h.make_model(graph, opset_imports=[h.make_opsetid("", case["opset"])], ir_version=10)
    inferred = onnx.shape_inference.infer_shapes(made, check_type=False, strict_mode=True, data_prop=True)
    types = []
    for info in inferred.graph.output:
        tensor = info.type.tensor_type
        known = tensor.HasField("shape") and all(d.HasField("dim_value") for d in tensor.shape.dim)
        types.append([tensor.elem_type, [d.dim_value for d in tensor.shape.dim] if known else None])
    return types


def main(out):
    out.mkdir(parents=True, exist_ok=True)
    for name, made in kinds():
        (out / f"{name}.onnx").write_bytes(made.SerializeToString())
    rows = []
    for case in cases():
        dtypes = [
            None if shape is None else case["dtypes"].get(i, T.FLOAT if i not in case["constants"] or is_scale(case, i) else T.INT64)
            for i, shape in enumerate(case["inputs"])
        ]
        constants = {i: np.array(v).ravel().tolist() for i, v in case["constants"].items()}
        rows.append({**case, "dtypes": dtypes, "constants": constants, "types": infer(case)})
    lines = ",\n".join(json.dumps(row) for row in rows)
    (out / "shapes.json").write_text(f"[\n{lines}\n]\n")
    (out / "README.md").write_text(
        "Written by `python -m generate.onnx_models` of `tooling/reference/generator`"
        f" with onnx {onnx.__version__}; made from nothing, free to use.\n"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
