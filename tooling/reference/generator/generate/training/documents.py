"""The README of `training/`: its table of cases, the formulas and the tolerances."""
FORMULAS = """
## Conventions

* All numbers are float32 results of torch autograd (timesteps and masks int64). Gradients are those of `out.loss`, keyed by the adapter file's own names: `grad.1.to_k_neg.weight` belongs to `1.to_k_neg.weight`. `grad_in.x_t` = d loss / d x_t, `grad_in.eps_student` or `grad_in.v_student` = d loss / d (raw student output).
* Frozen weights: `../tiny-sd15/unet` or `../tiny-sd21/unet` (all weights are exactly representable in float16, so the float16 and float32 files are the same numbers; compute in float32).
* Student adapter: `../sun/{model}_{plain|addpos}.safetensors`; EMA adapter: `ema_{model}_{plain|addpos}.safetensors` here, same key format. Both float16 files with exactly representable values; widen to float32. SHA-256 of the student files in `cases.json`.
* Text: `text_{model}.safetensors`, `prompt_embeds` and `negative_embeds` [3,77,D]; a case with batch B uses rows 0..B-1 in order (`text_rows`).
* SUN U-Net = one pass with text `concat(prompt_embeds, negative_embeds)` along tokens (154), **per-sample** norms: |z| over axes (1,2) of [B,S,C] for each batch element (not the authors' whole-tensor norm). Teacher = the plain U-Net, no adapter, no gradient.
* Names use the model's prediction: `eps_*` for tiny-sd15, `v_*` for tiny-sd21 (`*_pos`, `*_neg`, `*_hat`, `*_student`, `*_ema`). For tiny-sd21 `eps_*`/`x0_*` are the converted values.

## Formulas

```
abar(t)    float32 table in schedule.safetensors (diffusers DDIMScheduler, scaled_linear 0.00085..0.012, 1000 steps);
           abar(-1) = final_alpha_cumprod = abar(0)   (set_alpha_to_one=False)
hat        = neg + w (pos - neg)                       in the model's own output space (identical in eps space: weights sum to 1)
eps model  x0 = (x - sqrt(1-abar) eps) / sqrt(abar)
v model    x0 = sqrt(abar) x - sqrt(1-abar) v ;  eps = sqrt(abar) v + sqrt(1-abar) x
J(x,t->b)  = sqrt(abar_b) x0 + sqrt(1-abar_b) eps      no clipping
huber(a,b) = mean( sqrt((a-b)^2 + c^2) - c ), c = 0.001 ; mse(a,b) = mean((a-b)^2)      mean over all elements of the batch
CFG loss   = d(student, hat), hat constant. cfg_space "epsilon" (one tiny-sd21 case): both sides converted v -> eps first, with the sample's own x_t
             (eps_hat is converted once and is then constant, so d loss/d x_t has two parts: the direct term sqrt(1-abar) d loss/d eps_student
             of the student's own conversion, and the path through the U-Net; converting eps_hat with the differentiated x_t would drop the direct term)
stages     k = 0..3: 999 >= t > 749 >= t > 499 >= t > 249 >= t > -1 ; b_k = 749, 499, 249, -1  (t = 749 is in stage 1)
teacher    t' = max(t - 20, b_k) ; x_t' = J(x_t, t->t'; hat)
target     = x_t' if t' == b_k, else J(x_t', t'->b_k; EMA student at (x_t', t'))         constant
MSC loss   = huber(J(x_t, t->b_k; student), target)
mixed      = 1.0 MSC + 0.5 CFG, one student pass, out.loss_msc and out.loss_cfg unweighted
d loss/d x_t   hat and target are constants; the student jump depends on x_t directly and through the U-Net
```

Rows of `out.eps_ema`/`out.v_ema` with `out.inside` = 0 are 0: the EMA student is not used there. t' = 0 (last stage) counts as inside, but abar(0) = abar(-1), so its jump is the identity.

AdamW (`adamw_*`; batch i: `in.i.x_t`, `in.i.timesteps`, `in.i.guidance_scale`, text rows 0,1; starts at the student adapter; EMA starts equal to it):
```
norm = sqrt(sum over all tensors g^2) ; g *= min(1, 1.0 / (norm + 1e-6))              stored grad_norm is before clipping
p *= 1 - lr wd ; m = b1 m + (1-b1) g ; s = b2 s + (1-b2) g^2                          weight decay on every tensor, alpha and beta too
p -= lr/(1-b1^k) m / ( sqrt(s)/sqrt(1-b2^k) + eps )    k = 1..5
ema = 0.95 ema + 0.05 p                                after each step
```
Outputs: `out.loss`, `out.grad_norm`, `out.lr` [5]; `out.param.*`, `out.exp_avg.*`, `out.exp_avg_sq.*`, `out.ema.*` after step 5. `cases.json` also has per-step L2 norms and the float64 trajectory.

`ops.safetensors` + `ops.json`: NAME/in.X, NAME/dout.Y (upstream gradient), NAME/out.Y, NAME/grad.X; attributes in ONNX words.

## Tolerances

"fp64" columns: worst |float32 - float64| over the case, divided by the largest |value| of the same tensor; then the relative L2 error ||a-b|| / ||b|| over all tensors of the group together (the float64 run repeats everything, the sinusoidal time embedding included, from the same float32 inputs and abar table). Suggested tolerance = 10 x the worse of that and of a second float32 run with other convolution kernels, rounded up; compare per tensor with max|a-b| <= tol * max|b| ("max") and per group (all outputs, all input gradients, all adapter gradients) with ||a-b|| <= tol * ||b|| ("L2", the sharper test: where |student - target| is of the order of c the Huber slope changes by d/c, so a difference of 1e-6 moves that element's gradient by 1e-3 of its size; the CFG Huber cases avoid such elements, the MSC cases contain them). Absolute versions in `cases.json`.
"""


def readme(v, cases, nops, worst, files):
    g = lambda x: f"{x:.1e}"
    rows = []
    for c in cases:
        if c["kind"] == "adamw":
            continue
        m, t = c["measured"], c["suggested_tolerance"]
        tt = ", ".join(f"{a}>{b}{'' if i else '*'}" for a, b, i in zip(c["timesteps"], c["t_prev"], c["inside"])) if "t_prev" in c else ", ".join(map(str, c["timesteps"]))
        rows.append(f"| {c['name']} | {c['latent'][0]}x{c['latent'][1]} | {tt} | {c['guidance_scale']} | {c['loss']}{' (eps)' if c.get('cfg_space') == 'epsilon' else ''} | {c['loss_value']['float32']:.6g} | {c['adapter_gradient_norm']:.4g} | "
                    + " | ".join(f"{g(m[k]['fp32_vs_fp64']['rel_to_tensor_max'])}, {g(m[k]['fp32_vs_fp64']['rel_l2'])}" for k in ("outputs", "input_gradients", "adapter_gradients"))
                    + f" | {g(t['outputs']['rel_to_tensor_max'])} / {g(t['input_gradients']['rel_to_tensor_max'])} / {g(t['adapter_gradients']['rel_to_tensor_max'])} | {g(t['outputs']['rel_l2'])} / {g(t['input_gradients']['rel_l2'])} / {g(t['adapter_gradients']['rel_l2'])} | {g(c['finite_difference_float64'])} |")
    arows = []
    for c in cases:
        if c["kind"] == "adamw":
            m, t = c["measured"], c["suggested_tolerance"]
            for k in ("param", "ema", "exp_avg", "exp_avg_sq"):
                arows.append(f"| {c['name']} | {k} | {g(m[k]['fp32_vs_fp64']['max_abs'])} | {g(m[k]['abs_difference']['p99.9'])} | {g(m[k]['abs_difference']['mean'])} | {g(t[k]['max_abs'])} / {g(t[k]['mean_abs'])} |")
    return "\n".join([f"# Training goldens ({v.name} set)", "",
                      "Losses, intermediates and gradients for training SUN adapters, from torch autograd, so that another differentiation of the same U-Net can be checked to float32 precision. "
                      "Machine-readable version with every option, tolerance and SHA-256: `cases.json`.", "",
                      "| case | latent | t (>t', * = boundary hit) | w | loss | value | grad norm | fp64 out | fp64 d/dinput | fp64 d/dadapter | tolerance, max: out / d/dinput / d/dadapter | tolerance, L2 | finite diff. |",
                      "|---|---|---|---|---|---|---|---|---|---|---|---|---|", *rows, "",
                      "Inputs of each: `in.x_t`, `in.timesteps`, `in.guidance_scale`, `in.huber_c`, text rows, weights. Outputs: `out.*` (teacher `*_pos`, `*_neg`, `*_hat`; `*_student`; for MSC also `t_prev`, `boundary`, `inside`, `abar_*`, `x_t_prev`, `*_ema`, `target`, `student_jump`), `out.loss`, `grad_in.*`, `grad.*`. "
                      "Finite diff.: worst relative deviation of float64 central differences over two whole-adapter directions (random, gradient), the largest entry of three kinds of parameter and one x_t direction.", "",
                      "| AdamW case | tensor group | fp64 max abs | 99.9 % | mean | tolerance max / mean |", "|---|---|---|---|---|---|", *arows, "",
                      f"Operators: {nops}, worst fp32-fp64 {g(worst['out'])} (outputs) and {g(worst['grad'])} (gradients) of the tensor's maximum; per-operator tolerances in `ops.json`.",
                      FORMULAS.rstrip(), "", "## Other files", "", "| file | content |", "|---|---|", *[f"| {k} | {d} |" for k, d in files.items()], ""])
