"""Encodes and decodes one tensor by every scheme, in three ways.

  schemes_reference.py DIRECTORY f32|f16|bf16

Two modules differ only in where the tensor comes from. In one it is a constant,
which compress-fold encodes; in the other an argument, which the linalg lowering
encodes at run time. Both return the components of every scheme and the decoded
tensor. They must agree with each other and with scheme_formulas.py, bit for bit:
each formula has one rounding per operation, so there is nothing to tolerate.
"""

import itertools
import pathlib
import subprocess
import sys

import numpy as np

import scheme_formulas as formulas
from scheme_formulas import Affine, Float

# Divides by 4, 7 and 8 along axis 0; ragged for blocks of 16 and for tiles.
SHAPE = (56, 9)
SPARSITIES = [None, (2, 4, 0), (4, 8, 0), (1, 4, 0), (5, 7, 0), (2, 3, 1)]
BLOCKS = [((0, 0), "f32"), ((0, 1), "f32"), ((16, 1), "f16"), ((5, 4), "bf16")]
STORAGES = [
    Affine(width, symmetric, block, scale)
    for width, symmetric, (block, scale) in itertools.product(
        [8, 4, 3], [True, False], BLOCKS
    )
] + [Float(dtype) for dtype in ["f32", "f16", "bf16"]]
TILES = [None, (8, 4)]
INTEGERS = {"f32": "i32", "f16": "i16", "bf16": "i16", "i8": "i8"}


def make_tensor(dtype):
    """Values of ordinary and of extreme size, zeros, ties and signed zeros."""
    rng = np.random.default_rng(7)
    values = rng.standard_normal(SHAPE).astype(np.float32)
    values[rng.random(SHAPE) < 0.2] = 0.0
    values[:, 1] = 0.0
    values[:, 2] = np.round(values[:, 2] * 2) / 2
    values[::2, 3] = np.abs(values[::2, 3])
    values[:, 4] = np.abs(values[:, 4])
    values[3::5, 5] = -0.0
    # The largest and the least of the type.
    least, largest = formulas.LIMITS[dtype]
    values[:, 6] *= np.float32(least)
    values[:, 7] *= np.float32(largest / 4)
    return formulas.round_to(values, dtype)


def get_attribute(sparsity, storage, tile):
    parts = []
    if sparsity is not None:
        n, m, axis = sparsity
        parts.append(f"sparsity = #compress.nm<{n}:{m}, axis = {axis}>")
    parts.append(f"storage = {storage.attribute(len(SHAPE))}")
    if tile is not None:
        parts.append(f"layout = #compress.tiled<[{', '.join(map(str, tile))}]>")
    return f"#compress.scheme<{', '.join(parts)}>"


def get_element_type(name, dtype, storage):
    if name == "scales":
        return storage.scale
    if name == "values" and isinstance(storage, Float):
        return storage.dtype
    return "i8"


class Module:
    """A function that returns named tensors, floats as integers of their bits."""

    def __init__(self, dtype):
        self.dtype = dtype
        self.lines, self.results, self.types = [], [], []
        self.numbers = itertools.count()

    def add(self, text):
        name = f"%v{next(self.numbers)}"
        self.lines.append(f"  {name} = {text}")
        return name

    def add_result(self, value, name, shape, element):
        extents = "x".join(map(str, shape))
        integer = INTEGERS[element]
        if integer != element:
            value = self.add(
                f"arith.bitcast {value} : tensor<{extents}x{element}> "
                f"to tensor<{extents}x{integer}>"
            )
        self.results.append(value)
        self.types.append(
            (f"tensor<{extents}x{integer}>", f'{{compress.name = "{name}"}}')
        )

    def print(self, arguments, prologue):
        results = ", ".join(f"{type} {name}" for type, name in self.types)
        returned = ", ".join(self.results)
        types = ", ".join(type for type, _ in self.types)
        body = "\n".join(prologue + self.lines)
        return (
            f"func.func @main({arguments}) -> ({results}) {{\n{body}\n"
            f"  return {returned} : {types}\n}}\n"
        )


def add_scheme(module, tag, sparsity, storage, tile, expected):
    dense = "tensor<{}x{}x{}>".format(*SHAPE, module.dtype)
    scheme = get_attribute(sparsity, storage, tile)
    type = "!compress.tensor<{}x{}x{}, {}>".format(*SHAPE, module.dtype, scheme)
    value = "%w"
    if sparsity is not None:
        n, m, axis = sparsity
        value = module.add(
            f"compress.prune #compress.nm<{n}:{m}, axis = {axis}>, %w : {dense}"
        )
    encoded = module.add(f"compress.encode {value} : {dense} -> {type}")
    for name, bits in expected.items():
        element = get_element_type(name, module.dtype, storage)
        extents = "x".join(map(str, bits.shape))
        component = module.add(
            f'compress.component {encoded}["{name}"] : {type} '
            f"-> tensor<{extents}x{element}>"
        )
        module.add_result(component, f"{tag}.{name}", bits.shape, element)
    decoded = module.add(f"compress.decode {encoded} : {type} -> {dense}")
    module.add_result(decoded, f"{tag}.decoded", SHAPE, module.dtype)


def run(*command):
    subprocess.run([str(part) for part in command], check=True)


def compare(tag, expected, found, what):
    found = found.view(expected.dtype)
    if found.shape == expected.shape and (found == expected).all():
        return 0
    if found.shape != expected.shape:
        print(f"{tag}: {what} has shape {found.shape}, expected {expected.shape}")
        return 1
    at = tuple(int(i) for i in np.argwhere(found != expected)[0])
    print(
        f"{tag}: {what} differs in {(found != expected).sum()} of "
        f"{found.size}; first at {at}: {found[at]:#x}, expected {expected[at]:#x}"
    )
    return 1


def check(directory, dtype, sparsity, values):
    module, expected = Module(dtype), {}
    pruned = formulas.prune(values, sparsity)
    # Float storage is never wider than the tensor's type.
    storages = [
        storage
        for storage in STORAGES
        if dtype == "f32" or not isinstance(storage, Float) or storage.dtype != "f32"
    ]
    for number, (storage, tile) in enumerate(itertools.product(storages, TILES)):
        tag = f"s{number}"
        components, decoded = formulas.encode(pruned, dtype, sparsity, storage, tile)
        add_scheme(module, tag, sparsity, storage, tile, components)
        scheme = get_attribute(sparsity, storage, tile)
        for name, bits in {**components, "decoded": decoded}.items():
            expected[f"{tag}.{name}"] = (f"{scheme} {name}", bits)

    bits = formulas.to_bits(values, dtype)
    dense = "tensor<{}x{}x{}>".format(*SHAPE, dtype)
    integers = "tensor<{}x{}x{}>".format(*SHAPE, INTEGERS[dtype])
    constant = module.print("", [f"  %w = arith.constant dense_resource<w> : {dense}"])
    alignment = bits.itemsize.to_bytes(4, "little").hex()
    constant += (
        '{-# dialect_resources: { builtin: { w: "0x'
        f'{alignment}{bits.tobytes().hex()}" }} }} #-}}\n'
    )
    argument = module.print(
        f'%bits: {integers} {{compress.name = "w"}}',
        [f"  %w = arith.bitcast %bits : {integers} to {dense}"],
    )
    path = lambda name: directory / f"{dtype}-{name}"
    path("constant.mlir").write_text(constant)
    path("argument.mlir").write_text(argument)
    np.save(path("w.npy"), bits.view(bits.dtype.name[1:]))
    # The bitcasts are elementwise ops on tensors.
    to_linalg = "--convert-elementwise-to-linalg"
    run("compress-opt", "--compress-fold", "--canonicalize", to_linalg,
        path("constant.mlir"), "-o", path("folded.mlir"))
    run("compress-opt", to_linalg, path("argument.mlir"),
        "-o", path("runtime.mlir"))
    # The codec has encoded all of it.
    if "compress.encode" in path("folded.mlir").read_text():
        print(f"{dtype} {sparsity}: an encode of a constant is left")
        return 1
    run("compress-run", path("folded.mlir"), f"--outputs={path('folded.npz')}")
    run("compress-run", path("runtime.mlir"), f"--inputs={path('w.npy')}",
        f"--outputs={path('runtime.npz')}")
    failures = 0
    for what in ["folded", "runtime"]:
        with np.load(path(f"{what}.npz")) as outputs:
            if set(outputs.files) != set(expected):
                print(f"{dtype} {sparsity}: {what} has other outputs")
                return 1
            for key, (tag, bits) in expected.items():
                failures += compare(tag, bits, outputs[key], what)
    return failures


def main():
    directory, dtype = pathlib.Path(sys.argv[1]), sys.argv[2]
    values = make_tensor(dtype)
    failures = sum(check(directory, dtype, s, values) for s in SPARSITIES)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
