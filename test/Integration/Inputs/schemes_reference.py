"""Encodes and decodes one tensor by every scheme, in three ways.

  schemes_reference.py [--only=TEXT] DIRECTORY f32|f16|bf16 FAMILY...

--only tries the schemes whose attribute contains TEXT.

Two modules for each sparsity differ only in where the tensor comes from. In one
it is a constant, which compress-fold encodes; in the other an argument, which the
linalg lowering encodes at run time. Both return the components of every scheme
and the decoded tensor. They must agree with each other and with the formulas in
NumPy, bit for bit: each formula has one rounding per operation, so there is
nothing to tolerate. The plan must tell the bytes of the components, and the
modules survive text and bytecode.
"""

import argparse
import itertools
import pathlib
import re
import subprocess
import sys

import numpy as np

import float_formulas as floats
import scheme_formulas as formulas
from scheme_table import SPARSITIES, get_layouts, get_storages

INTEGERS = {"f32": "i32", "f16": "i16", "bf16": "i16"}


def make_tensor(shape, dtype):
    """Values of ordinary and of extreme size, zeros, ties and signed zeros."""
    rng = np.random.default_rng(7)
    values = rng.standard_normal(shape).astype(np.float32)
    values[rng.random(shape) < 0.2] = 0.0
    values[:, 1] = 0.0
    values[:, 2] = np.round(values[:, 2] * 2) / 2
    values[::2, 3] = np.abs(values[::2, 3])
    values[:, 4] = np.abs(values[:, 4])
    values[3::5, 5] = -0.0
    # The largest and the least of the type.
    least, largest = floats.get_limits(dtype)
    values[:, 6] *= least
    values[:, 7] *= largest / 4
    return floats.round_to(values, dtype)


# Schemes in one module: the time of compiling grows faster than the function.
PART = 16


def as_signed(bits):
    """Arguments are integers without a sign, which .npz files have not."""
    return bits.view(bits.dtype.name.replace("uint", "int"))


def get_type(shape, element):
    return f"tensor<{'x'.join(map(str, [*shape, element]))}>"


class Module:
    """A function that takes and returns named tensors, floats as integers of
    their bits."""

    def __init__(self):
        self.arguments, self.lines, self.results, self.resources = [], [], [], {}
        self.numbers = itertools.count()

    def add(self, text):
        name = f"%v{next(self.numbers)}"
        self.lines.append(f"  {name} = {text}")
        return name

    def add_constant(self, name, bits, element):
        self.resources[name] = bits
        return self.add(
            f"arith.constant dense_resource<{name}> : {get_type(bits.shape, element)}"
        )

    def add_argument(self, name, bits, element):
        type = get_type(bits.shape, element)
        integers = get_type(bits.shape, INTEGERS.get(element, element))
        self.arguments.append(f'%{name}: {integers} {{compress.name = "{name}"}}')
        if integers == type:
            return f"%{name}"
        return self.add(f"arith.bitcast %{name} : {integers} to {type}")

    def add_result(self, value, name, shape, element):
        integer = INTEGERS.get(element, element)
        type = get_type(shape, integer)
        if integer != element:
            value = self.add(
                f"arith.bitcast {value} : {get_type(shape, element)} to {type}"
            )
        self.results.append((value, type, f'{{compress.name = "{name}"}}'))

    def print(self):
        values, types, names = zip(*self.results)
        results = ", ".join(f"{type} {name}" for type, name in zip(types, names))
        text = (
            f"func.func @main({', '.join(self.arguments)}) -> ({results}) {{\n"
            + "\n".join(self.lines)
            + f"\n  return {', '.join(values)} : {', '.join(types)}\n}}\n"
        )
        if not self.resources:
            return text
        blobs = ", ".join(
            f'{name}: "0x{bits.itemsize.to_bytes(4, "little").hex()}{bits.tobytes().hex()}"'
            for name, bits in self.resources.items()
        )
        return text + f"{{-# dialect_resources: {{ builtin: {{ {blobs} }} }} #-}}\n"


def add_scheme(module, tag, shape, dtype, weight, scheme, sparsity, components, parameters):
    """Encodes `weight`, returns the components and decodes them. `parameters`
    are the values and types of those that are given."""
    dense = get_type(shape, dtype)
    type = f"!compress.{dense[:-1]}, {scheme}>"
    if sparsity.attribute():
        weight = module.add(f"compress.prune {sparsity.attribute()}, {weight} : {dense}")
    given = ""
    if parameters:
        values, types = zip(*parameters)
        given = f" parameters({', '.join(values)} : {', '.join(types)})"
    encoded = module.add(
        f'compress.encode {weight}{given} {{compress.site = "{tag}"}} : {dense} -> {type}'
    )
    for name, (bits, element) in components.items():
        component = module.add(
            f'compress.component {encoded}["{name}"] : {type} '
            f"-> {get_type(bits.shape, element)}"
        )
        module.add_result(component, f"{tag}.{name}", bits.shape, element)
    decoded = module.add(f"compress.decode {encoded} : {type} -> {dense}")
    module.add_result(decoded, f"{tag}.decoded", shape, dtype)


def run(*command):
    subprocess.run([str(part) for part in command], check=True)


def compare(what, expected, found):
    """The number of differences that it reports, 0 or 1."""
    if found.shape != expected.shape:
        print(f"{what} has shape {found.shape}, expected {expected.shape}")
        return 1
    found = found.view(expected.dtype)
    if (found == expected).all():
        return 0
    at = tuple(int(i) for i in np.argwhere(found != expected)[0])
    print(
        f"{what} differs in {(found != expected).sum()} of {found.size}; first at "
        f"{at}: {found[at]:#x}, expected {expected[at]:#x}"
    )
    return 1


def check_round_trip(path):
    """Text and bytecode give the same module."""
    text, bytecode, back = (path.with_suffix(s) for s in [".text", ".mlirbc", ".back"])
    run("compress-opt", path, "-o", text)
    run("compress-opt", path, "-emit-bytecode", "-o", bytecode)
    run("compress-opt", bytecode, "-o", back)
    if text.read_text() == back.read_text():
        return 0
    print(f"{path.name}: bytecode gives another module")
    return 1


def check(directory, dtype, sparsity, values, pairs):
    """Checks a sparsity with pairs of storage and tile."""
    constant, argument = Module(), Module()
    bits = floats.to_bits(values, dtype)
    inputs = {"w": bits}
    weights = [constant.add_constant("w", bits, dtype), argument.add_argument("w", bits, dtype)]
    pruned = sparsity.prune(values)
    expected, sizes = {}, {}
    for number, (storage, tile) in enumerate(pairs):
        tag = f"s{number}"
        scheme = formulas.get_attribute(sparsity, storage, tile)
        components, decoded = formulas.encode(pruned, dtype, sparsity, storage, tile)
        sizes[tag] = scheme, sum(bits.nbytes for bits, _ in components.values())
        for name, (array, _) in {**components, "decoded": (decoded, None)}.items():
            expected[f"{tag}.{name}"] = f"{dtype} {scheme} {name}", array
        # Codebooks are learned by compress-fold only, and given at run time.
        given = []
        if "codebook" in components:
            array, element = components["codebook"]
            inputs[f"{tag}_codebook"] = array
            table_value = argument.add_argument(f"{tag}_codebook", array, element)
            given = [(table_value, get_type(array.shape, element))]
        for module, weight, parameters in zip([constant, argument], weights, [[], given]):
            add_scheme(
                module, tag, values.shape, dtype, weight, scheme, sparsity, components, parameters
            )

    path = lambda name: directory / name
    path("constant.mlir").write_text(constant.print())
    path("argument.mlir").write_text(argument.print())
    np.savez(path("inputs.npz"), **{name: as_signed(array) for name, array in inputs.items()})
    failures = check_round_trip(path("constant.mlir"))
    # The bitcasts are elementwise ops on tensors.
    to_linalg = "--convert-elementwise-to-linalg"
    run("compress-opt", "--compress-fold", "--canonicalize", to_linalg,
        path("constant.mlir"), "-o", path("folded.mlir"))
    run("compress-opt", to_linalg, path("argument.mlir"), "-o", path("runtime.mlir"))
    folded = path("folded.mlir").read_text()
    # The codec has encoded all of it, and the plan tells how much it is.
    if "compress.encode" in folded:
        print(f"{dtype} {sparsity.attribute()}: an encode of a constant is left")
        return 1
    reported = dict(
        (site, int(size))
        for size, site in re.findall(r'\{bytes = (\d+) : i64,[^{}]*?site = "(s\d+)"', folded)
    )
    for tag, (scheme, size) in sizes.items():
        if reported.get(tag) != size:
            print(f"{dtype} {scheme}: {reported.get(tag)} bytes reported, expected {size}")
            failures += 1
    run("compress-run", path("folded.mlir"), f"--outputs={path('folded.npz')}")
    run("compress-run", path("runtime.mlir"), f"--inputs={path('inputs.npz')}",
        f"--outputs={path('runtime.npz')}")
    for what in ["folded", "runtime"]:
        with np.load(path(f"{what}.npz")) as outputs:
            if set(outputs.files) != set(expected):
                print(f"{dtype} {sparsity.attribute()}: {what} has other outputs")
                return failures + 1
            for key, (tag, array) in expected.items():
                failures += compare(f"{tag}: {what}", array, outputs[key])
    return failures


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="")
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("dtype")
    parser.add_argument("families", nargs="+")
    arguments = parser.parse_args()
    directory, dtype = arguments.directory, arguments.dtype
    failures, tried = 0, 0
    for family in arguments.families:
        shape, sparsities = SPARSITIES[family]
        values = make_tensor(shape, dtype)
        for number, sparsity in enumerate(sparsities):
            rank = sparsity.select(sparsity.prune(values)).values.ndim
            table = [
                (storage, tile)
                for storage in get_storages(dtype, sparsity)
                for tile in get_layouts(rank, storage)
                if arguments.only in formulas.get_attribute(sparsity, storage, tile)
            ]
            tried += len(table)
            for begin in range(0, len(table), PART):
                place = directory / f"{family}-{number}-{begin}"
                place.mkdir(parents=True)
                pairs = table[begin : begin + PART]
                failures += check(place, dtype, sparsity, values, pairs)
    print(f"{tried} schemes, {failures} differences")
    sys.exit(1 if failures or not tried else 0)


if __name__ == "__main__":
    main()
