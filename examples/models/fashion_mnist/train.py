# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Trains an MLP on Fashion-MNIST in NumPy and writes it as a model."""

import argparse
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

import training
from fashion_mnist import graph
from fashion_mnist.data import DATA, load, metrics

SEED = 0
EPOCHS = 12
STEP_SIZE = 1e-3


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
    delta = training.logit_gradients(logits, labels)
    result = {}
    for layer, x in zip(reversed(graph.LAYERS), reversed(inputs)):
        result[f"{layer}.weight"] = x.T @ delta
        result[f"{layer}.bias"] = delta.sum(axis=0)
        delta = (delta @ weights[f"{layer}.weight"].T) * (x > 0)
    return result


def rows(images):
    return images.reshape(len(images), -1)


def prepare(directory, data):
    """Writes the graph, the weights, the test set and the reference logits."""
    rng = np.random.default_rng(SEED)
    images, labels = load(data, "train")
    weights = initial(rng)
    training.minimize(
        weights, gradients, rows(images), labels, EPOCHS, STEP_SIZE, rng
    )
    save_file(weights, directory / graph.WEIGHTS_FILE)
    (directory / "dense.mlir").write_text(graph.build())
    images, labels = load(data, "t10k")
    images = rows(images)
    np.savez(directory / "inputs.npz", input=images)
    np.savez(directory / "labels.npz", label=labels.astype(np.int64))
    # From the file, so that a fault in writing it would show.
    stored = load_file(directory / graph.WEIGHTS_FILE)
    logits = forward(stored, images)[-1]
    np.savez(directory / "reference.npz", logits=logits)
    np.savez(directory / "bench.npz", input=images[:1000])
    (directory / "task.txt").write_text(
        "Accuracy on 10,000 test images; a timed call has 1,000.\n"
    )
    return metrics({"logits": logits}, {"label": labels})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=Path, help="where the files go")
    parser.add_argument("--data", type=Path, default=DATA, help="IDX files")
    args = parser.parse_args()
    args.directory.mkdir(parents=True, exist_ok=True)
    print(prepare(args.directory, args.data))
