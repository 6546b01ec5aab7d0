# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A NumPy forward of SmolLM2, written apart from the MLIR graph.

It has no cache: every token is computed again from the whole text before it.
It reads sizes from the weights and the file's metadata.
"""

import numpy as np


def rms_norm(x, weight, eps):
    return x / np.sqrt((x * x).mean(axis=-1, keepdims=True) + eps) * weight


def rotate(x, base):
    """Turns the planes (2i, 2i + 1) of each head, as complex numbers.

    `x` is [positions, heads, head size].
    """
    positions, _, size = x.shape
    rates = base ** (-np.arange(0, size, 2) / size)
    turn = np.exp(1j * np.arange(positions)[:, None, None] * rates)
    planes = x.astype(np.float64).view(np.complex128) * turn
    return planes.view(np.float64).astype(x.dtype)


def attention(weights, name, x, metadata):
    """Causal, the heads of a group one after another."""
    heads = metadata["llama.attention.head_count"]
    group = heads // metadata["llama.attention.head_count_kv"]
    base = metadata["llama.rope.freq_base"]
    query, key, value = (
        (x @ weights[f"{name}.attn_{part}.weight"].T).reshape(len(x), count, -1)
        for part, count in zip("qkv", (heads, heads // group, heads // group))
    )
    query, key = rotate(query, base), rotate(key, base)
    future = np.triu(np.full((len(x), len(x)), -np.inf, x.dtype), 1)
    result = np.empty_like(query)
    for head in range(heads):
        scores = query[:, head] @ key[:, head // group].T
        scores = scores / np.sqrt(query.shape[-1]).astype(x.dtype) + future
        exps = np.exp(scores - scores.max(axis=1, keepdims=True))
        exps /= exps.sum(axis=1, keepdims=True)
        result[:, head] = exps @ value[:, head // group]
    return result.reshape(len(x), -1) @ weights[f"{name}.attn_output.weight"].T


def feed_forward(weights, name, x):
    gate = x @ weights[f"{name}.ffn_gate.weight"].T
    up = x @ weights[f"{name}.ffn_up.weight"].T
    return (gate / (1 + np.exp(-gate)) * up) @ weights[f"{name}.ffn_down.weight"].T


def logits(weights, metadata, tokens, first=0):
    """Of the tokens from number `first` on, as [tokens, vocabulary]."""
    eps = np.float32(metadata["llama.attention.layer_norm_rms_epsilon"])
    x = weights["token_embd.weight"][tokens]
    for layer in range(metadata["llama.block_count"]):
        name = f"blk.{layer}"
        y = rms_norm(x, weights[f"{name}.attn_norm.weight"], eps)
        x = x + attention(weights, name, y, metadata)
        y = rms_norm(x, weights[f"{name}.ffn_norm.weight"], eps)
        x = x + feed_forward(weights, name, y)
    x = rms_norm(x[first:], weights["output_norm.weight"], eps)
    return x @ weights["token_embd.weight"].T


def generate(weights, metadata, prompt, count):
    """The prompt and `count` tokens after it, greedily."""
    text = list(prompt)
    for _ in range(count):
        scores = logits(weights, metadata, np.array(text), len(text) - 1)
        text.append(int(scores[0].argmax()))
    return np.array(text, np.int64)


def score(weights, metadata, tokens):
    """Loss of each token of a row but the first, and the likeliest token there."""
    losses, predicted = [], []
    for row in tokens:
        scores = logits(weights, metadata, row[:-1])
        best = scores.max(axis=1, keepdims=True)
        total = np.log(np.exp(scores - best).sum(axis=1)) + best[:, 0]
        losses.append(total - scores[np.arange(len(row) - 1), row[1:]])
        predicted.append(scores.argmax(axis=1))
    return {"loss": np.array(losses), "predicted": np.array(predicted)}
