"""The learning rate over a run: linear warm-up, constant, cosine decay."""

import math


def learning_rate_factor(step, done, warm_up, hold, floor=0.01):
    """`done`: share of the run that has passed; the decay begins at `hold`. Returns a factor from `floor` to 1."""
    decay = 1 if done < hold else max(floor, 0.5 * (1 + math.cos(math.pi * min(1, (done - hold) / (1 - hold)))))
    return min(1, (step + 1) / warm_up) * decay
