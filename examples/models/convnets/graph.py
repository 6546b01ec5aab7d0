# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Prints the convolutional networks as MLIR.

Batch norm stays an op of its own, as frameworks export it.
"""

import argparse

from convnets.layers import EPS, POOL
from convnets.networks import IMAGE, NETWORKS
from mlir_text import Function, Module, Value


def weights_file(name):
    return f"{name}.safetensors"


class Printer:
    """A builder of networks whose values are SSA values."""

    def __init__(self, name):
        self.input = Value("%input", ("%batch", *IMAGE), "f32")
        self.module = Module(weights_file(name))
        self.f = Function(self.module, "main", [self.input])
        self.f.dim("%batch", self.input, 0)
        self.zero = self.f.scalar("0.0")
        self.lowest = self.f.scalar("0xFF800000")
        self.eps = self.f.scalar(f"{EPS:e}")

    def conv(self, name, x, channels, size, stride):
        shape = (size, size, x.shape[-1], channels)
        weight = self.f.weight(f"{name}.weight", *shape)
        pad = size // 2
        if pad:
            x = self.f.pad(x, (0, pad, pad, 0), self.zero, name)
        return self.f.conv(x, weight, stride, self.zero, name)

    def batch_norm(self, name, x):
        parts = ("weight", "bias", "running_mean", "running_var")
        vectors = [self.f.weight(f"{name}.{p}", x.shape[-1]) for p in parts]
        body = [
            f"{{a}} = arith.addf {{4}}, {self.eps} : f32",
            "{b} = math.rsqrt {a} : f32",
            "{c} = arith.subf {0}, {3} : f32",
            "{d} = arith.mulf {c}, {b} : f32",
            "{e} = arith.mulf {d}, {1} : f32",
            "{f} = arith.addf {e}, {2} : f32",
        ]
        init = self.f.empty(x.shape, name)
        maps = ["0123", *["3"] * 4, "0123"]
        return self.f.generic([x, *vectors], init, "pppp", maps, body, name)

    def _elementwise(self, inputs, body, name):
        every = "".join(str(i) for i in range(len(inputs[0].shape)))
        init = self.f.empty(inputs[0].shape, name)
        maps = [every] * (len(inputs) + 1)
        return self.f.generic(inputs, init, "p" * len(every), maps, body, name)

    def relu(self, x):
        return self._elementwise(
            [x], [f"{{a}} = arith.maximumf {{0}}, {self.zero} : f32"], "relu"
        )

    def add(self, name, x, y):
        return self._elementwise([x, y], ["{a} = arith.addf {0}, {1} : f32"], name)

    def max_pool(self, name, x):
        return self.f.max_pool(x, POOL, self.lowest, name)

    def mean(self, name, x):
        batch, height, width, channels = x.shape
        init = self.f.filled((batch, channels), self.zero, name)
        body = ["{a} = arith.addf {acc}, {0} : f32"]
        # Iteration space: batch, channel, height, width.
        total = self.f.generic([x], init, "pprr", ["0231", "01"], body, name)
        area = self.f.scalar(f"{height * width}.0")
        return self._elementwise(
            [total], [f"{{a}} = arith.divf {{0}}, {area} : f32"], name
        )

    def flatten(self, x):
        batch, height, width, channels = x.shape
        shape = (batch, height * width * channels)
        return self.f.reshape(x, "[[0], [1, 2, 3]]", shape, "flatten")

    def linear(self, name, x, size):
        weight = self.f.weight(f"{name}.weight", x.shape[-1], size)
        bias = self.f.weight(f"{name}.bias", size)
        product = self.f.matmul(x, weight, self.zero, name)
        init = self.f.empty(product.shape, f"{name}.bias")
        body = ["{a} = arith.addf {0}, {1} : f32"]
        return self.f.generic(
            [product, bias], init, "pp", ["01", "1", "01"], body, f"{name}.bias"
        )


def build(name):
    printer = Printer(name)
    printer.f.finish({"logits": NETWORKS[name](printer, printer.input)})
    return str(printer.module)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("network", choices=NETWORKS)
    print(build(parser.parse_args().network), end="")
