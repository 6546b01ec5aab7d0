# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Layers in NumPy with their gradients, by reverse accumulation.

Images are [batch, height, width, channels], filters [height, width, in, out].
"""

import numpy as np

EPS = 1e-5
MOMENTUM = 0.1
POOL = 2


class Node:
    """A value, and the gradient of the loss with respect to it."""

    def __init__(self, value):
        self.value = value
        self.gradient = 0

    @property
    def shape(self):
        return self.value.shape


class Network:
    """Computes layers; `training` records how to go back through them.

    With a generator `rng`, weights that are missing are drawn (He et al., 2015,
    arXiv:1502.01852). Batch norm (Ioffe and Szegedy, 2015, arXiv:1502.03167)
    then uses the batch's statistics and updates the running ones.
    """

    def __init__(self, weights, training=False, rng=None):
        self.weights = weights
        self.training = training
        self.rng = rng
        self.gradients = {}
        self._tape = []

    def _weight(self, key, shape, initial):
        if key not in self.weights and self.rng is not None:
            self.weights[key] = initial(shape)
        return self.weights[key]

    def _drawn(self, shape):
        scale = np.sqrt(2 / np.prod(shape[:-1]))
        return (self.rng.standard_normal(shape) * scale).astype(np.float32)

    def _zeros(self, shape):
        return np.zeros(shape, np.float32)

    def _ones(self, shape):
        return np.ones(shape, np.float32)

    def _node(self, value, backward):
        """`backward` takes the gradient of the result."""
        node = Node(value)
        if self.training:
            self._tape.append((node, backward))
        return node

    def backward(self, node, gradient):
        """Fills `gradients` with those of every weight."""
        node.gradient = gradient
        for result, step in reversed(self._tape):
            step(result.gradient)
        self._tape.clear()

    def conv(self, name, x, channels, size, stride):
        """Padding keeps the extents for stride 1."""
        shape = (size, size, x.shape[-1], channels)
        weight = self._weight(f"{name}.weight", shape, self._drawn)
        pad = size // 2
        padded = np.pad(x.value, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
        batch, height, width = len(padded), *(
            (n - size) // stride + 1 for n in padded.shape[1:3]
        )
        # A row for each output pixel, of what its window holds: then one matrix
        # product does, where a product for each position in the window would
        # read and write the output as often.
        windows = [
            (
                slice(None),
                slice(i, i + stride * height, stride),
                slice(j, j + stride * width, stride),
            )
            for i, j in np.ndindex(size, size)
        ]
        rows = np.stack([padded[window] for window in windows], axis=3)
        rows = rows.reshape(-1, size * size * shape[2])
        matrix = weight.reshape(rows.shape[1], channels)
        value = (rows @ matrix).reshape(batch, height, width, channels)

        def backward(dy):
            dy = dy.reshape(-1, channels)
            self.gradients[f"{name}.weight"] = (rows.T @ dy).reshape(shape)
            drows = (dy @ matrix.T).reshape(batch, height, width, -1, shape[2])
            dx = np.zeros_like(padded)
            for tap, window in enumerate(windows):
                dx[window] += drows[:, :, :, tap]
            inner = slice(pad, -pad or None)
            x.gradient = x.gradient + dx[:, inner, inner]

        return self._node(value, backward)

    def batch_norm(self, name, x):
        size = x.shape[-1:]
        scale = self._weight(f"{name}.weight", size, self._ones)
        shift = self._weight(f"{name}.bias", size, self._zeros)
        mean = self._weight(f"{name}.running_mean", size, self._zeros)
        variance = self._weight(f"{name}.running_var", size, self._ones)
        if self.training:
            axes = (0, 1, 2)
            now = x.value.mean(axes), x.value.var(axes)
            for running, value in zip((mean, variance), now):
                running += MOMENTUM * (value - running)
            mean, variance = now
        rate = 1 / np.sqrt(variance + EPS)
        normal = (x.value - mean) * rate

        def backward(dy):
            count = dy.size // dy.shape[-1]
            dscale = (dy * normal).sum((0, 1, 2))
            dshift = dy.sum((0, 1, 2))
            self.gradients[f"{name}.weight"] = dscale
            self.gradients[f"{name}.bias"] = dshift
            centred = dy - (dshift + normal * dscale) / count
            x.gradient = x.gradient + scale * rate * centred

        return self._node(normal * scale + shift, backward)

    def relu(self, x):
        def backward(dy):
            x.gradient = x.gradient + dy * (x.value > 0)

        return self._node(np.maximum(x.value, 0), backward)

    def max_pool(self, name, x):
        """Halves the extents; equal maxima share the gradient."""
        batch, height, width, channels = x.shape
        shape = (batch, height // POOL, POOL, width // POOL, POOL, channels)
        tiles = x.value.reshape(shape)
        value = tiles.max((2, 4))

        def backward(dy):
            mask = (tiles == value[:, :, None, :, None]).astype(dy.dtype)
            share = dy / mask.sum((2, 4))
            dx = mask * share[:, :, None, :, None]
            x.gradient = x.gradient + dx.reshape(x.shape)

        return self._node(value, backward)

    def mean(self, name, x):
        """Over the height and the width."""
        area = x.shape[1] * x.shape[2]

        def backward(dy):
            dx = np.broadcast_to(dy[:, None, None] / area, x.shape)
            x.gradient = x.gradient + dx

        return self._node(x.value.sum((1, 2)) / area, backward)

    def flatten(self, x):
        def backward(dy):
            x.gradient = x.gradient + dy.reshape(x.shape)

        return self._node(x.value.reshape(len(x.value), -1), backward)

    def add(self, name, x, y):
        def backward(dy):
            x.gradient = x.gradient + dy
            y.gradient = y.gradient + dy

        return self._node(x.value + y.value, backward)

    def linear(self, name, x, size):
        shape = (x.shape[-1], size)
        weight = self._weight(f"{name}.weight", shape, self._drawn)
        bias = self._weight(f"{name}.bias", (size,), self._zeros)

        def backward(dy):
            self.gradients[f"{name}.weight"] = x.value.T @ dy
            self.gradients[f"{name}.bias"] = dy.sum(0)
            x.gradient = x.gradient + dy @ weight.T

        return self._node(x.value @ weight + bias, backward)
