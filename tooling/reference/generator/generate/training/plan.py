"""The cases of the losses, by model and adapter."""
# model, adapter -> case name -> (kind, loss, space, guidance, timesteps, latent h, w); kinds: cfg, msc, mixed
T = {"reference": dict(huber=(999, 321), mse=(500, 3), eps=(700, 60), inside=(999, 612), boundary=(769, 505), last=(249, 13), all=(749, 255, 20), mixed=(900, 130))}


def plan(v):
    t = T[v.name]
    cfg = {"cfg_distillation_huber": ("cfg", "huber", "model", 7.5, t["huber"], 8, 8), "cfg_distillation_mse": ("cfg", "mse", "model", 5.0, t["mse"], 8, 12)}
    msc = {"msc_inside": ("msc", "huber", "model", 7.5, t["inside"], 8, 8), "msc_boundary": ("msc", "huber", "model", 5.0, t["boundary"], 8, 8),
           "msc_last": ("msc", "huber", "model", 5.0, t["last"], 8, 8)}
    all_ = {"msc_all": ("msc", "huber", "model", 5.0, t["all"], 8, 12)}
    mixed = {"mixed": ("mixed", "huber", "model", 7.5, t["mixed"], 8, 8)}
    return {("tiny-sd15", False): {**cfg, **msc, **mixed}, ("tiny-sd15", True): {**cfg, **all_, **mixed},
            ("tiny-sd21", False): {**cfg, "cfg_distillation_huber_eps": ("cfg", "huber", "eps", 7.5, t["eps"], 8, 8), **all_, **mixed}}
