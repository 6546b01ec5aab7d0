# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Trains an MLP on Fashion-MNIST in NumPy and writes it as a model.

Data set: Xiao, Rasul and Vollgraf, 2017, arXiv:1708.07747. Optimizer: Adam
(Kingma and Ba, 2015, arXiv:1412.6980) with a linearly falling step size.
"""

import argparse
import gzip
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

from fashion_mnist import graph

DATA = Path("/usr/share/datasets/fashion-mnist")
SEED = 0
EPOCHS = 12
BATCH = 128
STEP_SIZE = 1e-3
DECAY = (0.9, 0.999)
ADAM_EPS = 1e-8


def read_idx(path):
    """An array from a gzipped IDX file of unsigned bytes."""
    if not path.exists():
        raise SystemExit(
            f"error: {path}: no such file; install the Debian package "
            "dataset-fashion-mnist or pass the folder of the IDX files with --data"
        )
    data = gzip.decompress(path.read_bytes())
    if data[:3] != b"\0\0\x08":
        raise SystemExit(f"error: {path}: expected IDX data of unsigned bytes")
    rank = data[3]
    shape = np.frombuffer(data, ">u4", rank, 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * rank).reshape(shape)


def load(data, part):
    """Images as [n, 784] floats in [0, 1], and their labels."""
    images = read_idx(data / f"{part}-images-idx3-ubyte.gz")
    labels = read_idx(data / f"{part}-labels-idx1-ubyte.gz")
    return images.reshape(len(images), -1).astype(np.float32) / 255, labels


def initial(rng):
    """He initialization (2015, arXiv:1502.01852), biases zero."""
    weights = {}
    for layer, fan_in, fan_out in zip(graph.LAYERS, graph.SIZES, graph.SIZES[1:]):
        scale = np.sqrt(2 / fan_in)
        values = rng.standard_normal((fan_in, fan_out), np.float32) * scale
        weights[f"{layer}.weight"] = values.astype(np.float32)
        weights[f"{layer}.bias"] = np.zeros(fan_out, np.float32)
    return weights


def forward(weights, x):
    """The input of every layer, then the logits."""
    values = [x]
    for layer in graph.LAYERS:
        x = x @ weights[f"{layer}.weight"] + weights[f"{layer}.bias"]
        if layer != graph.LAYERS[-1]:
            x = np.maximum(x, 0)
        values.append(x)
    return values


def gradients(weights, x, labels):
    """Of the mean cross-entropy of softmax(logits)."""
    *inputs, logits = forward(weights, x)
    exps = np.exp(logits - logits.max(axis=1, keepdims=True))
    delta = exps / exps.sum(axis=1, keepdims=True)
    delta[np.arange(len(labels)), labels] -= 1
    delta /= len(labels)
    result = {}
    for layer, x in zip(reversed(graph.LAYERS), reversed(inputs)):
        result[f"{layer}.weight"] = x.T @ delta
        result[f"{layer}.bias"] = delta.sum(axis=0)
        delta = (delta @ weights[f"{layer}.weight"].T) * (x > 0)
    return result


def train(images, labels, epochs=EPOCHS):
    rng = np.random.default_rng(SEED)
    weights = initial(rng)
    moments = {k: [np.zeros_like(v), np.zeros_like(v)] for k, v in weights.items()}
    steps = epochs * (len(images) // BATCH)
    step = 0
    for _ in range(epochs):
        order = rng.permutation(len(images))
        for first in range(0, len(images) - BATCH + 1, BATCH):
            rows = order[first : first + BATCH]
            size = STEP_SIZE * (1 - step / steps)
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


def metrics(outputs, labels):
    hits = outputs["logits"].argmax(axis=1) == labels["label"]
    return {"accuracy": float(hits.mean())}


def prepare(directory, data):
    """Writes the graph, the weights, the test set and the reference logits."""
    weights = train(*load(data, "train"))
    save_file(weights, directory / graph.WEIGHTS_FILE)
    (directory / "dense.mlir").write_text(graph.build())
    images, labels = load(data, "t10k")
    np.savez(directory / "inputs.npz", input=images)
    np.savez(directory / "labels.npz", label=labels.astype(np.int64))
    # From the file, so that a fault in writing it would show.
    stored = load_file(directory / graph.WEIGHTS_FILE)
    logits = forward(stored, images)[-1]
    np.savez(directory / "reference.npz", logits=logits)
    np.savez(directory / "bench.npz", input=images[:1000])
    return metrics({"logits": logits}, {"label": labels})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=Path, help="where the files go")
    parser.add_argument("--data", type=Path, default=DATA, help="IDX files")
    args = parser.parse_args()
    args.directory.mkdir(parents=True, exist_ok=True)
    print(prepare(args.directory, args.data))
