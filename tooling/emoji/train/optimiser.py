"""Muon for hidden matrices and convolution kernels, AdamW for the rest; an exponential moving average of the weights."""

import torch


def orthogonalise(gradient, steps=4):
    """The nearest (semi-)orthogonal matrix, by Newton-Schulz iterations (Muon, Jordan et al. 2024); bf16 products."""
    x = gradient.bfloat16() if min(gradient.shape) >= 64 else gradient.float()
    tall = x.shape[0] > x.shape[1]
    if tall:
        x = x.mT.contiguous()
    x = x / (x.norm() + 1e-7)
    for _ in range(steps):
        gram = x @ x.mT
        polynomial = torch.addmm(gram, gram, gram, beta=-4.7750, alpha=2.0315)
        polynomial.diagonal().add_(3.4445)
        x = polynomial @ x
    return (x.mT if tall else x).to(gradient.dtype)


class MuonAdamW(torch.optim.Optimizer):
    """Muon's steps are scaled to AdamW's size, so that one learning rate serves both."""

    def __init__(self, named, lr, weight_decay=0.01, betas=(0.9, 0.95), momentum=0.95, adam_only=lambda name: False):
        muon, adam = [], []
        for name, p in named:
            if not p.requires_grad:
                continue
            is_matrix = p.ndim >= 2 and min(p.shape[0], p[0].numel()) >= 8 and not adam_only(name)
            (muon if is_matrix else adam).append(p)
        groups = [dict(params=g, kind=k) for g, k in ((muon, "muon"), (adam, "adam")) if g]
        super().__init__(groups, dict(lr=lr, weight_decay=weight_decay, betas=betas, momentum=momentum))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            step = self._muon if group["kind"] == "muon" else self._adam
            for p in group["params"]:
                if p.grad is not None:
                    step(p, self.state[p], group)

    @staticmethod
    def _muon(p, state, group):
        if "m" not in state:
            state["m"] = torch.zeros_like(p)
        state["m"].lerp_(p.grad, 1 - group["momentum"])
        update = orthogonalise(p.grad.lerp(state["m"], group["momentum"]).reshape(p.shape[0], -1))
        update = update * (0.2 * max(update.shape) ** 0.5)
        p.mul_(1 - group["lr"] * group["weight_decay"]).add_(update.reshape(p.shape), alpha=-group["lr"])

    @staticmethod
    def _adam(p, state, group):
        beta1, beta2 = group["betas"]
        if "m" not in state:
            state.update(m=torch.zeros_like(p), v=torch.zeros_like(p), t=0)
        state["t"] += 1
        state["m"].lerp_(p.grad, 1 - beta1)
        state["v"].mul_(beta2).addcmul_(p.grad, p.grad, value=1 - beta2)
        scale = (state["v"] / (1 - beta2 ** state["t"])).sqrt_().add_(1e-8)
        if p.ndim >= 2:
            p.mul_(1 - group["lr"] * group["weight_decay"])
        p.addcdiv_(state["m"], scale, value=-group["lr"] / (1 - beta1 ** state["t"]))


class Average:
    """Exponential moving average of parameters; the decay grows to `decay` over the first steps."""

    def __init__(self, parameters, decay):
        self.parameters, self.decay, self.steps = list(parameters), decay, 0
        self.values = [p.detach().clone() for p in self.parameters]

    def load(self, values, steps):
        """Goes on from an average of `steps` steps."""
        self.values = [value.to(p.device) for value, p in zip(values, self.parameters, strict=True)]
        self.steps = steps

    @torch.no_grad()
    def update(self):
        self.steps += 1
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
        torch._foreach_lerp_(self.values, [p.detach() for p in self.parameters], 1 - decay)

    @torch.no_grad()
    def swap(self):
        """Puts the averages in place of the parameters, and keeps those; a second call undoes it."""
        for p, value in zip(self.parameters, self.values):
            own = p.detach().clone()
            p.copy_(value)
            value.copy_(own)
