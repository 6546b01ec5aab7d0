# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Prints the Fashion-MNIST MLP as MLIR: linear, ReLU, linear, ReLU, linear."""

from mlir_text import Function, Module, Value

LAYERS = ("fc1", "fc2", "fc3")
SIZES = (784, 256, 128, 10)
WEIGHTS_FILE = "fashion_mnist.safetensors"


def build():
    x = Value("%input", ("%batch", SIZES[0]), "f32")
    module = Module(WEIGHTS_FILE)
    f = Function(module, "main", [x])
    f.dim("%batch", x, 0)
    zero = f.scalar("0.0")
    for layer, fan_in, fan_out in zip(LAYERS, SIZES, SIZES[1:]):
        weight = f.weight(f"{layer}.weight", fan_in, fan_out)
        bias = f.weight(f"{layer}.bias", fan_out)
        product = f.matmul(x, weight, zero, layer)
        body = ["{a} = arith.addf {0}, {1} : f32"]
        if layer != LAYERS[-1]:
            body.append(f"{{b}} = arith.maximumf {{a}}, {zero} : f32")
        init = f.empty(product.shape, f"{layer}.bias")
        x = f.generic(
            [product, bias], init, "pp", ["01", "1", "01"], body, f"{layer}.bias"
        )
    f.finish({"logits": x})
    return str(module)


if __name__ == "__main__":
    print(build(), end="")
