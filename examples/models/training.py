# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Trains small classifiers in NumPy.

Optimizer: Adam (Kingma and Ba, 2015, arXiv:1412.6980) with a linearly falling
step size.
"""

import numpy as np

BATCH = 128
DECAY = (0.9, 0.999)
ADAM_EPS = 1e-8


def logit_gradients(logits, labels):
    """Of the mean cross-entropy of softmax(logits)."""
    exps = np.exp(logits - logits.max(axis=1, keepdims=True))
    delta = exps / exps.sum(axis=1, keepdims=True)
    delta[np.arange(len(labels)), labels] -= 1
    return delta / len(labels)


def minimize(weights, gradients, images, labels, epochs, step_size, rng):
    """Changes `weights` in place.

    `gradients(weights, images, labels)` gives a dictionary with the keys of the
    weights that are trained.
    """
    moments = {k: [np.zeros_like(v), np.zeros_like(v)] for k, v in weights.items()}
    steps = epochs * (len(images) // BATCH)
    step = 0
    for _ in range(epochs):
        order = rng.permutation(len(images))
        for first in range(0, len(images) - BATCH + 1, BATCH):
            rows = order[first : first + BATCH]
            size = step_size * (1 - step / steps)
            step += 1
            correction = np.sqrt(1 - DECAY[1] ** step) / (1 - DECAY[0] ** step)
            for key, g in gradients(weights, images[rows], labels[rows]).items():
                mean, square = moments[key]
                mean += (1 - DECAY[0]) * (g - mean)
                square += (1 - DECAY[1]) * (g * g - square)
                weights[key] -= (
                    size * correction * mean / (np.sqrt(square) + ADAM_EPS)
                ).astype(np.float32)
    return weights
