# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Two convolutional networks for 28x28 images of ten classes.

A network is a function of a builder and an input. The builder either computes
(`layers.py`) or prints IR (`graph.py`); the order of layers, their sizes and
their names are all that the two share.
"""

CLASSES = 10
IMAGE = (28, 28, 1)


def cnn(net, x):
    """Two stages of convolution and pooling, then two linear layers."""
    for i, channels in enumerate((16, 32), start=1):
        x = net.conv(f"conv{i}", x, channels, 3, 1)
        x = net.max_pool(f"pool{i}", net.relu(net.batch_norm(f"bn{i}", x)))
    x = net.relu(net.linear("fc1", net.flatten(x), 64))
    return net.linear("fc2", x, CLASSES)


def residual_block(net, name, x, channels, stride):
    """A basic block (He et al., 2015, arXiv:1512.03385, Figure 5, left)."""
    y = net.conv(f"{name}.conv1", x, channels, 3, stride)
    y = net.relu(net.batch_norm(f"{name}.bn1", y))
    y = net.conv(f"{name}.conv2", y, channels, 3, 1)
    y = net.batch_norm(f"{name}.bn2", y)
    if stride != 1 or channels != x.shape[-1]:
        x = net.conv(f"{name}.downsample", x, channels, 1, stride)
        x = net.batch_norm(f"{name}.downsample_bn", x)
    return net.relu(net.add(f"{name}.add", y, x))


def resnet(net, x):
    """A small residual network: a strided stem, four basic blocks, a mean."""
    x = net.relu(net.batch_norm("bn1", net.conv("conv1", x, 16, 3, 2)))
    x = residual_block(net, "block1", x, 16, 1)
    x = residual_block(net, "block2", x, 32, 2)
    x = residual_block(net, "block3", x, 32, 1)
    x = residual_block(net, "block4", x, 64, 2)
    return net.linear("fc", net.mean("mean", x), CLASSES)


NETWORKS = {"cnn": cnn, "resnet": resnet}
