"""python -m generate.training --out DIR --bpe PATH/bpe_simple_vocab_16e6.txt.gz"""
import argparse
import warnings

import torch

from .. import models
from ..common import Sink
from ..variant import VARIANTS
from .section import run


def main():
    warnings.filterwarnings("ignore")
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    ap = argparse.ArgumentParser()
    ap.add_argument("--out", required=True)
    ap.add_argument("--bpe", required=True)
    ap.add_argument("--set", nargs="+", default=list(VARIANTS), choices=list(VARIANTS))
    a = ap.parse_args()
    for name in a.set:
        v = VARIANTS[name]
        sink = Sink(f"{a.out}/{v.name}", v)
        run(sink, models.Zoo(v, a.bpe))
        print(name, "failed checks:", [c for c in sink.checks if not c["ok"]])


if __name__ == "__main__":
    main()
