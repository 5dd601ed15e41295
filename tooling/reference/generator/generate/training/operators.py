"""The single operators whose gradients are stored, with their shapes and their attributes in ONNX words."""
import math

import torch
import torch.nn.functional as F

from .schedule import C, distance, jump


def op_list():
    r = lambda *s: tuple(s)
    L = []

    def op(name, kind, fn, shapes, attrs=None, note=None, prep=None, check=True):
        L.append(dict(name=name, op=kind, fn=fn, shapes=shapes, attrs=attrs or {}, note=note, prep=prep or {}, check=check))
    conv = lambda s, p: lambda x, w, b: F.conv2d(x, w, b, stride=s, padding=p)
    for s in (1, 2):
        for p in (1, 0):
            op(f"conv3x3_s{s}_p{p}", "Conv", conv(s, p), dict(x=r(2, 3, 6, 5), w=r(4, 3, 3, 3), b=r(4)), dict(kernel_shape=[3, 3], strides=[s, s], pads=[p] * 4, dilations=[1, 1], group=1))
    op("conv3x3_s2_p1_even", "Conv", conv(2, 1), dict(x=r(1, 2, 8, 6), w=r(3, 2, 3, 3), b=r(3)), dict(kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4, dilations=[1, 1], group=1), "even size: the last padded row/column is not used")
    op("conv3x3_s2_asym", "Pad+Conv", lambda x, w, b: F.conv2d(F.pad(x, (0, 1, 0, 1)), w, b, stride=2), dict(x=r(1, 2, 6, 4), w=r(3, 2, 3, 3), b=r(3)), dict(kernel_shape=[3, 3], strides=[2, 2], pads=[0, 0, 1, 1], dilations=[1, 1], group=1))
    op("conv3x3_nobias", "Conv", lambda x, w: F.conv2d(x, w, padding=1), dict(x=r(1, 3, 4, 4), w=r(2, 3, 3, 3)), dict(kernel_shape=[3, 3], strides=[1, 1], pads=[1] * 4))
    op("conv1x1", "Conv", conv(1, 0), dict(x=r(2, 5, 3, 4), w=r(6, 5, 1, 1), b=r(6)), dict(kernel_shape=[1, 1], strides=[1, 1], pads=[0] * 4, dilations=[1, 1], group=1))
    op("linear", "MatMul+Add", lambda x, w, b: F.linear(x, w, b), dict(x=r(2, 7, 6), w=r(5, 6), b=r(5)), note="y = x w^T + b, w is [out, in]")
    op("linear_nobias", "MatMul", lambda x, w: F.linear(x, w), dict(x=r(2, 7, 6), w=r(5, 6)), note="y = x w^T")
    op("gemm", "Gemm", lambda x, w, b: F.linear(x, w, b), dict(x=r(3, 6), w=r(5, 6), b=r(5)), dict(transB=1, alpha=1.0, beta=1.0))
    op("matmul_batched", "MatMul", lambda a, b: a @ b, dict(a=r(2, 3, 4, 5), b=r(2, 3, 5, 6)))
    op("matmul_broadcast", "MatMul", lambda a, b: a @ b, dict(a=r(2, 3, 4, 5), b=r(5, 6)), note="gradient of b is summed over the broadcast axes")
    op("matmul_broadcast_batch", "MatMul", lambda a, b: a @ b, dict(a=r(1, 3, 4, 5), b=r(2, 1, 5, 6)))
    for g, e, sh in ((2, 1e-5, (2, 8, 4, 3)), (4, 1e-6, (2, 8, 3, 3)), (8, 1e-5, (1, 8, 5, 2))):
        op(f"groupnorm_g{g}", "GroupNormalization", lambda x, w, b, g=g, e=e: F.group_norm(x, g, w, b, e), dict(x=r(*sh), w=r(8), b=r(8)), dict(num_groups=g, epsilon=e), "scale and bias per channel; biased variance")
    op("instancenorm_as_exported", "InstanceNormalization", lambda x: F.instance_norm(x, eps=1e-5), dict(x=r(2, 4, 9)), dict(epsilon=1e-5), "[N, groups, rest] with scale 1, bias 0: how older exporters write GroupNorm")
    op("instancenorm_affine", "InstanceNormalization", lambda x, w, b: F.instance_norm(x, weight=w, bias=b, eps=1e-5), dict(x=r(2, 3, 4, 4), w=r(3), b=r(3)), dict(epsilon=1e-5))
    op("layernorm", "LayerNormalization", lambda x, w, b: F.layer_norm(x, x.shape[-1:], w, b, 1e-5), dict(x=r(2, 5, 12), w=r(12), b=r(12)), dict(axis=-1, epsilon=1e-5))
    op("layernorm_offset", "LayerNormalization", lambda x, w, b: F.layer_norm(x, x.shape[-1:], w, b, 1e-5), dict(x=r(3, 8), w=r(8), b=r(8)), dict(axis=-1, epsilon=1e-5), "mean 30, std 1: one-pass variance loses digits", dict(x=lambda t: t + 30))
    wide = dict(x=lambda t: t * 4)
    gelu = lambda x: 0.5 * x * (1 + torch.erf(x / math.sqrt(2)))
    op("silu", "Sigmoid+Mul", F.silu, dict(x=r(3, 7)), note="x sigmoid(x)", prep=wide)
    op("sigmoid", "Sigmoid", torch.sigmoid, dict(x=r(3, 7)), prep=wide)
    op("gelu_erf", "Gelu", F.gelu, dict(x=r(3, 7)), dict(approximate="none"), "0.5 x (1 + erf(x / sqrt 2))", wide)
    op("gelu_erf_decomposed", "Div+Erf+Add+Mul", gelu, dict(x=r(3, 7)), prep=wide)
    op("erf", "Erf", torch.erf, dict(x=r(3, 7)))
    op("gelu_tanh", "Gelu", lambda x: F.gelu(x, approximate="tanh"), dict(x=r(3, 7)), dict(approximate="tanh"), prep=wide)
    op("quick_gelu", "Mul+Sigmoid+Mul", lambda x: x * torch.sigmoid(1.702 * x), dict(x=r(3, 7)), note="x sigmoid(1.702 x)", prep=wide)
    op("geglu", "MatMul+Add+Split+Gelu+Mul", lambda x, w, b: (lambda h, g: h * F.gelu(g))(*F.linear(x, w, b).chunk(2, -1)), dict(x=r(2, 3, 4), w=r(12, 4), b=r(12)), note="y = x w^T + b; first half * gelu_erf(second half)")
    op("tanh", "Tanh", torch.tanh, dict(x=r(3, 5)))
    op("exp", "Exp", torch.exp, dict(x=r(3, 5)))
    op("sin", "Sin", torch.sin, dict(x=r(3, 5)), prep=wide)
    op("cos", "Cos", torch.cos, dict(x=r(3, 5)), prep=wide)
    op("neg", "Neg", torch.neg, dict(x=r(3, 5)))
    op("softmax_last", "Softmax", lambda x: x.softmax(-1), dict(x=r(2, 3, 6)), dict(axis=-1))
    op("softmax_axis1", "Softmax", lambda x: x.softmax(1), dict(x=r(2, 4, 3)), dict(axis=1))
    op("softmax_large", "Softmax", lambda x: x.softmax(-1), dict(x=r(3, 6)), dict(axis=-1), "logits of size 90: needs the max subtracted", dict(x=lambda t: t * 3 + torch.tensor([90., -90., 0.])[:, None]))

    def attention(q, k, v, mask=None, scale=None):
        s = q @ k.transpose(-1, -2) * (scale or q.shape[-1] ** -0.5)
        return (s if mask is None else s + mask).softmax(-1) @ v
    for nm, bt, h, s, t, d, dv in (("s5_t7", 2, 2, 5, 7, 4, 4), ("s6_t3", 1, 3, 6, 3, 5, 5), ("s1_t4", 2, 1, 1, 4, 8, 8), ("s4_t4_dv3", 1, 2, 4, 4, 6, 3)):
        op(f"attention_{nm}", "MatMul+Mul+Softmax+MatMul", attention, dict(q=r(bt, h, s, d), k=r(bt, h, t, d), v=r(bt, h, t, dv)), dict(scale=d ** -0.5), "[B,heads,S,d] x [B,heads,T,d]; softmax(q k^T / sqrt(d)) v")
    op("attention_sharp", "MatMul+Mul+Softmax+MatMul", attention, dict(q=r(1, 2, 4, 6), k=r(1, 2, 5, 6), v=r(1, 2, 5, 6)), dict(scale=6 ** -0.5), "large logits", dict(q=lambda t: t * 8))
    op("attention_mask", "MatMul+Mul+Add+Softmax+MatMul", attention, dict(q=r(2, 2, 3, 4), k=r(2, 2, 5, 4), v=r(2, 2, 5, 4), mask=r(2, 1, 1, 5)), dict(scale=0.5), "additive mask, broadcast; its gradient is stored too")
    op("upsample_nearest_2x", "Resize", lambda x: F.interpolate(x, scale_factor=2.0, mode="nearest"), dict(x=r(2, 3, 3, 2)), dict(mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor", scales=[1, 1, 2, 2]))
    op("upsample_nearest_size_1x2_to_2x3", "Resize", lambda x: F.interpolate(x, size=(2, 3), mode="nearest"), dict(x=r(2, 3, 1, 2)), dict(mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor", sizes=[2, 3, 2, 3]),
       "happens for 8x12 latents (width 12 -> 6 -> 3 -> 2 -> up to 3); source index floor(i * in / out)")
    op("upsample_nearest_size_3x2_to_5x4", "Resize", lambda x: F.interpolate(x, size=(5, 4), mode="nearest"), dict(x=r(1, 2, 3, 2)), dict(mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor", sizes=[1, 2, 5, 4]))
    op("concat_channels", "Concat", lambda a, b: torch.cat([a, b], 1), dict(a=r(2, 3, 2, 2), b=r(2, 1, 2, 2)), dict(axis=1))
    op("concat_three_last", "Concat", lambda a, b, c: torch.cat([a, b, c], -1), dict(a=r(2, 3), b=r(2, 1), c=r(2, 2)), dict(axis=-1))
    for nm, kind, fn in (("add", "Add", torch.add), ("sub", "Sub", torch.sub), ("mul", "Mul", torch.mul), ("div", "Div", torch.div)):
        away = dict(b=lambda t: t.sign() * (t.abs() + 0.5)) if nm == "div" else None
        op(f"{nm}_same", kind, fn, dict(a=r(2, 3, 4), b=r(2, 3, 4)), prep=away)
        op(f"{nm}_channel", kind, fn, dict(a=r(2, 3, 2, 4), b=r(3, 1, 1)), prep=away, note="gradients are summed over broadcast axes")
        op(f"{nm}_both", kind, fn, dict(a=r(2, 1, 4), b=r(3, 1)), prep=away, note="both operands broadcast")
        op(f"{nm}_scalar", kind, fn, dict(a=r(2, 3), b=r()), prep=away)
    op("mean_hw", "ReduceMean", lambda x: x.mean((2, 3), keepdim=True), dict(x=r(2, 3, 4, 2)), dict(axes=[2, 3], keepdims=1))
    op("mean_last", "ReduceMean", lambda x: x.mean(-1), dict(x=r(2, 3, 4)), dict(axes=[-1], keepdims=0))
    op("mean_all", "ReduceMean", lambda x: x.mean(), dict(x=r(2, 3, 4)), dict(keepdims=0))
    op("sum_axis1", "ReduceSum", lambda x: x.sum(1, keepdim=True), dict(x=r(2, 3, 4)), dict(axes=[1], keepdims=1))
    op("l2_axes12", "ReduceL2", lambda x: torch.linalg.vector_norm(x, dim=(1, 2), keepdim=True), dict(x=r(3, 4, 5)), dict(axes=[1, 2], keepdims=1), "per-sample SUN norm")
    op("l2_all", "ReduceL2", lambda x: torch.norm(x, p=2), dict(x=r(2, 4, 5)), dict(keepdims=0), "authors' whole-tensor SUN norm")
    op("l2_last", "ReduceL2", lambda x: torch.linalg.vector_norm(x, dim=-1), dict(x=r(3, 6)), dict(axes=[-1], keepdims=0))
    positive = dict(x=lambda t: t.abs() + 0.3)
    op("sqrt", "Sqrt", torch.sqrt, dict(x=r(3, 5)), prep=positive)
    op("reciprocal", "Reciprocal", torch.reciprocal, dict(x=r(3, 5)), prep=positive)
    for e in (2.0, 3.0):
        op(f"pow_{e:g}", "Pow", lambda x, e=e: x.pow(e), dict(x=r(3, 5)), dict(exponent=e), "bases of both signs")
    for e in (0.5, -0.5, -1.0):
        op(f"pow_{e:g}", "Pow", lambda x, e=e: x.pow(e), dict(x=r(3, 5)), dict(exponent=e), prep=positive)
    op("abs", "Abs", torch.abs, dict(x=r(3, 5)))
    op("clip", "Clip", lambda x: x.clamp(-0.5, 0.7), dict(x=r(4, 5)), dict(min=-0.5, max=0.7), "gradient 1 inside, 0 outside")
    op("reshape", "Reshape", lambda x: x.reshape(2, 3, 8).reshape(2, -1, 4), dict(x=r(2, 3, 4, 2)), dict(shapes=[[2, 3, 8], [0, -1, 4]]))
    op("transpose_0213", "Transpose", lambda x: x.permute(0, 2, 1, 3), dict(x=r(2, 3, 4, 2)), dict(perm=[0, 2, 1, 3]))
    op("transpose_0231", "Transpose", lambda x: x.permute(0, 2, 3, 1), dict(x=r(2, 3, 4, 2)), dict(perm=[0, 2, 3, 1]), "its own inverse is another permutation: gradient uses perm [0, 3, 1, 2]")
    op("slice", "Slice", lambda x: x[:, 1:4], dict(x=r(2, 6, 3)), dict(axes=[1], starts=[1], ends=[4], steps=[1]))
    op("slice_negative", "Slice", lambda x: x[:, -3:], dict(x=r(2, 6, 2)), dict(axes=[1], starts=[-3], ends=[9223372036854775807], steps=[1]), "how the 77 negative tokens are taken")
    op("slice_step", "Slice", lambda x: x[..., 1::2], dict(x=r(2, 3, 7)), dict(axes=[2], starts=[1], ends=[9223372036854775807], steps=[2]))
    op("split_equal", "Split", lambda x: x.chunk(2, -1), dict(x=r(2, 3, 6)), dict(axis=-1, split=[3, 3]))
    op("split_unequal", "Split", lambda x: x.split([1, 3, 2], 1), dict(x=r(2, 6, 2)), dict(axis=1, split=[1, 3, 2]))
    op("unsqueeze_expand", "Unsqueeze+Expand", lambda x: x[:, None].expand(2, 3, 4), dict(x=r(2, 4)), dict(axes=[1], shape=[2, 3, 4]), "gradient is summed over the expanded axis")
    op("pad_constant", "Pad", lambda x: F.pad(x, (0, 1, 1, 0)), dict(x=r(1, 2, 2, 3)), dict(pads=[0, 0, 1, 0, 0, 0, 0, 1], mode="constant"))
    op("gather_rows", "Gather", lambda x: x[torch.tensor([2, 0, 2])], dict(x=r(4, 3)), dict(axis=0, indices=[2, 0, 2]), "repeated index: gradients add up")
    op("where", "Where", lambda a, b: torch.where(torch.tensor([True, False, True]), a, b), dict(a=r(2, 3), b=r(2, 3)), dict(condition=[True, False, True]))
    op("cast_f16_roundtrip", "Cast", lambda x: x.half().float() if x.dtype == torch.float32 else x, dict(x=r(3, 5)), dict(to=["FLOAT16", "FLOAT"]), "gradient passes both casts: it is rounded to float16", check=False)
    op("cast_f64_roundtrip", "Cast", lambda x: x.double().to(x.dtype), dict(x=r(3, 5)), dict(to=["DOUBLE", "FLOAT"]), "identity")
    op("shared_input", "Mul+Add+SiLU", lambda x, y: x * y + F.silu(x) - x, dict(x=r(3, 5), y=r(3, 5)), note="x has three consumers: gradients add up")
    for nm, dims in (("sample", (1, 2)), ("tensor", None)):
        n = lambda t, dims=dims: torch.linalg.vector_norm(t, dim=dims, keepdim=dims is not None)
        op(f"sun_combine_{nm}norm", "ReduceL2+Div+Mul+Add+Sub", lambda z_p, z_n, z_e, a, b, a2, b2, n=n: z_p - (a * (n(z_p) * (z_n / n(z_n))) + b) + (a2 * (n(z_p) * (z_e / n(z_e))) + b2),
           dict(z_p=r(2, 3, 4), z_n=r(2, 3, 4), z_e=r(2, 3, 4), a=r(4), b=r(4), a2=r(4), b2=r(4)), note="SUN: z = z_p - (a |z_p| z_n/|z_n| + b) + (a2 |z_p| z_e/|z_e| + b2)")
    near = dict(a=lambda t: t * 0.003, b=lambda t: t * 0.003)
    op("pseudo_huber", "Sub+Mul+Sqrt+ReduceMean", lambda a, b: distance(a, b, "huber"), dict(a=r(2, 3, 4), b=r(2, 3, 4)), dict(c=C), "mean(sqrt((a-b)^2 + c^2) - c)")
    op("pseudo_huber_near", "Sub+Mul+Sqrt+ReduceMean", lambda a, b: distance(a, b, "huber"), dict(a=r(2, 3, 4), b=r(2, 3, 4)), dict(c=C), "differences of the order of c", near)
    op("mse", "Sub+Mul+ReduceMean", lambda a, b: distance(a, b, "mse"), dict(a=r(2, 3, 4), b=r(2, 3, 4)))
    for pred in ("epsilon", "v_prediction"):
        op(f"ddim_jump_{pred}", "Mul+Sub+Div+Add", lambda x, out, pred=pred: jump(pred, x, out, x.new_tensor([0.1, 0.6]).view(2, 1, 1), x.new_tensor([0.4, 0.99]).view(2, 1, 1)), dict(x=r(2, 3, 4), out=r(2, 3, 4)),
           dict(abar_t=[0.1, 0.6], abar_b=[0.4, 0.99]), "J(x, t -> b), one abar per sample")
    return L
