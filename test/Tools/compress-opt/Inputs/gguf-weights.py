"""Weights of every type of GGUF: `write DIR` makes a model that returns them,
`check DIR out.safetensors` compares what the compiler has read, bit for bit."""

import os
import sys

import numpy as np
from safetensors.numpy import load_file

sys.path.append(os.path.join(os.path.dirname(__file__), "../../../Inputs"))
import gguf

SHAPE = (3, 512)


def make():
    random = np.random.default_rng(7)
    return [
        (f"blk.{name}", name, SHAPE, gguf.random_blocks(random, name, SHAPE))
        for name in gguf.TYPES
    ]


def element_types(name):
    """The types that an entry can be read as, of those NumPy has."""
    if name in ("F32", "BF16"):
        return ["f32"]
    return ["f32", "f16"]


def write(directory):
    tensors = make()
    gguf.write(os.path.join(directory, "model.gguf"), tensors)
    gguf.write(os.path.join(directory, "aligned.gguf"), tensors, 2, 128)
    for file in ["model", "aligned"]:
        lines, results, types = [], [], []
        for name, type_name, shape, _ in tensors:
            for element in element_types(type_name):
                ty = f"tensor<{shape[0]}x{shape[1]}x{element}>"
                results.append(f"%{len(results)}")
                types.append(ty)
                lines.append(
                    f"  {results[-1]} = arith.constant "
                    f'#compress.external<"{file}.gguf", "{name}"> : {ty}'
                )
        text = "func.func @main() -> (" + ", ".join(types) + ") {\n"
        text += "\n".join(lines) + "\n  return " + ", ".join(results)
        text += " : " + ", ".join(types) + "\n}\n"
        with open(os.path.join(directory, file + ".mlir"), "w") as out:
            out.write(text)


def check(path):
    actual = list(load_file(path).values())
    expected = []
    for _, type_name, shape, data in make():
        dense = gguf.decode(type_name, data, shape)
        expected += [dense.astype("f4" if e == "f32" else "f2")
                     for e in element_types(type_name)]
    actual, expected = (
        sorted(array.dtype.str.encode() + array.tobytes() for array in arrays)
        for arrays in (actual, expected)
    )
    assert len(actual) == len(expected)
    assert actual == expected, "decoded weights differ"
    print(len(actual), "weights are equal")


if sys.argv[1] == "write":
    write(sys.argv[2])
else:
    check(sys.argv[2])
