# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A NumPy forward of all-MiniLM-L6-v2, written apart from the MLIR graph.

It reads sizes from the weights, and works on [batch, sequence, hidden] arrays
in the order of the equations, so that it shares no code or layout decision
with the graph that it checks.
"""

import math

import numpy as np

HEADS = 12
ERF_RANGE = 6.0  # erf(6) differs from 1 by 2e-17.
ERF_KNOTS = 1 << 16
_erf_table = np.array(
    [math.erf(x) for x in np.linspace(-ERF_RANGE, ERF_RANGE, ERF_KNOTS + 1)]
)


def erf(x):
    """Linear interpolation; its error h²/8 · max|erf″| is below 5e-9."""
    position = (np.clip(x, -ERF_RANGE, ERF_RANGE) + ERF_RANGE) * (
        ERF_KNOTS / (2 * ERF_RANGE)
    )
    knot = np.minimum(position.astype(np.int64), ERF_KNOTS - 1)
    low = _erf_table[knot]
    return low + (position - knot) * (_erf_table[knot + 1] - low)


def layer_norm(weights, name, x):
    mean = x.mean(axis=-1, keepdims=True)
    variance = x.var(axis=-1, keepdims=True)
    normal = (x - mean) / np.sqrt(variance + 1e-12)
    return normal * weights[f"{name}.weight"] + weights[f"{name}.bias"]


def linear(weights, name, x):
    return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]


def attention(weights, name, x, bias):
    batch, sequence, hidden = x.shape

    def heads(part):
        y = linear(weights, f"{name}.self.{part}", x)
        return y.reshape(batch, sequence, HEADS, -1).transpose(0, 2, 1, 3)

    query, key, value = heads("query"), heads("key"), heads("value")
    scores = query @ key.swapaxes(-1, -2) / math.sqrt(hidden // HEADS) + bias
    exps = np.exp(scores - scores.max(axis=-1, keepdims=True))
    context = exps / exps.sum(axis=-1, keepdims=True) @ value
    context = context.transpose(0, 2, 1, 3).reshape(x.shape)
    y = linear(weights, f"{name}.output.dense", context)
    return layer_norm(weights, f"{name}.output.LayerNorm", x + y)


def feed_forward(weights, name, x):
    y = linear(weights, f"{name}.intermediate.dense", x)
    y = (y * (1 + erf(y / math.sqrt(2))) / 2).astype(x.dtype)
    y = linear(weights, f"{name}.output.dense", y)
    return layer_norm(weights, f"{name}.output.LayerNorm", x + y)


def embed(weights, input_ids, attention_mask):
    """Sentence embeddings of L2 norm 1, as [batch, hidden]."""
    table = "embeddings.{}_embeddings.weight"
    x = weights[table.format("word")][input_ids]
    x = x + weights[table.format("position")][: input_ids.shape[1]]
    x = x + weights[table.format("token_type")][0]
    x = layer_norm(weights, "embeddings.LayerNorm", x)
    mask = attention_mask.astype(x.dtype)
    bias = ((1 - mask) * np.float32(-1e9))[:, None, None, :]
    layer = 0
    while f"encoder.layer.{layer}.output.dense.weight" in weights:
        name = f"encoder.layer.{layer}"
        x = attention(weights, f"{name}.attention", x, bias)
        x = feed_forward(weights, name, x)
        layer += 1
    kept = np.maximum(mask.sum(axis=1, keepdims=True), 1e-9)
    mean = (x * mask[..., None]).sum(axis=1) / kept
    return mean / np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-12)
