# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Trains convolutional networks on Fashion-MNIST and writes them as models."""

import argparse
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

import training
from convnets import graph
from convnets.layers import Network, Node
from convnets.networks import IMAGE, NETWORKS
from fashion_mnist.data import DATA, load, metrics

SEED = 0
EPOCHS = 3
STEP_SIZE = 3e-3
EVALUATED_AT_ONCE = 500
BENCH_IMAGES = 100


def initial(network, rng):
    weights = {}
    network(Network(weights, rng=rng), Node(np.zeros((1, *IMAGE), np.float32)))
    return weights


def gradients(network, weights, images, labels):
    """Of the mean cross-entropy; updates the running statistics."""
    net = Network(weights, training=True)
    logits = network(net, Node(images))
    net.backward(logits, training.logit_gradients(logits.value, labels))
    return net.gradients


def forward(network, weights, images):
    logits = []
    for first in range(0, len(images), EVALUATED_AT_ONCE):
        x = Node(images[first : first + EVALUATED_AT_ONCE])
        logits.append(network(Network(weights), x).value)
    return np.concatenate(logits)


def prepare(name, directory, data):
    """Writes the graph, the weights, the test set and the reference logits."""
    network = NETWORKS[name]
    rng = np.random.default_rng(SEED)
    images, labels = load(data, "train")
    weights = initial(network, rng)

    def step(weights, images, labels):
        return gradients(network, weights, images, labels)

    training.minimize(
        weights, step, images[..., None], labels, EPOCHS, STEP_SIZE, rng
    )
    save_file(weights, directory / graph.weights_file(name))
    (directory / "dense.mlir").write_text(graph.build(name))
    images, labels = load(data, "t10k")
    images = images[..., None]
    np.savez(directory / "inputs.npz", input=images)
    np.savez(directory / "labels.npz", label=labels.astype(np.int64))
    # From the file, so that a fault in writing it would show.
    stored = load_file(directory / graph.weights_file(name))
    logits = forward(network, stored, images)
    np.savez(directory / "reference.npz", logits=logits)
    np.savez(directory / "bench.npz", input=images[:BENCH_IMAGES])
    (directory / "task.txt").write_text(
        f"Accuracy on 10,000 test images; a timed call has {BENCH_IMAGES}.\n"
    )
    return metrics({"logits": logits}, {"label": labels})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("network", choices=NETWORKS)
    parser.add_argument("directory", type=Path, help="where the files go")
    parser.add_argument("--data", type=Path, default=DATA, help="IDX files")
    args = parser.parse_args()
    args.directory.mkdir(parents=True, exist_ok=True)
    print(prepare(args.network, args.directory, args.data))
