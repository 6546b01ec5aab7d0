"""Runs every convolution of linalg, dense and compressed, against NumPy.

  convolutions.py DIRECTORY f32|f16

One module has them all, with strides, dilations and ragged extents. NumPy
convolves by its own loops over the window, with weights (and images, for w8a8)
that scheme_formulas.py has quantized, so neither the axis of scales, groups and
zeros nor the arithmetic comes from the compiler.

Tolerances: a sum of k products, each computed in a type of unit roundoff u, is
off by at most gamma(k + 1) (|init| + sum |x| |w|) in any order, where gamma(k) is
k u / (1 - k u) (Higham, Accuracy and Stability of Numerical Algorithms, 2002,
section 3.1).
"""

import itertools
import json
import pathlib
import subprocess
import sys

import numpy as np

import float_formulas as floats
import scheme_formulas as formulas
from sparsity_formulas import NM, Dense
from storage_formulas import Affine, Scaling

# Letters: n batch, g group, c input channel, f output channel, d h w space. A
# depthwise convolution has one channel per group, and its multiplier is f.
FORMS = {
    "conv_1d": ("w", "w"),
    "conv_2d": ("hw", "hw"),
    "conv_3d": ("dhw", "dhw"),
    "conv_1d_nwc_wcf": ("nwc", "wcf"),
    "conv_1d_ncw_fcw": ("ncw", "fcw"),
    "conv_2d_nhwc_hwcf": ("nhwc", "hwcf"),
    "conv_2d_nhwc_fhwc": ("nhwc", "fhwc"),
    "conv_2d_nchw_fchw": ("nchw", "fchw"),
    "conv_2d_ngchw_fgchw": ("ngchw", "fgchw"),
    "conv_2d_ngchw_gfchw": ("ngchw", "gfchw"),
    "conv_2d_nhwgc_gfhwc": ("nhwgc", "gfhwc"),
    "conv_3d_ndhwc_dhwcf": ("ndhwc", "dhwcf"),
    "conv_3d_ncdhw_fcdhw": ("ncdhw", "fcdhw"),
    "depthwise_conv_1d_nwc_wc": ("nwg", "wg"),
    "depthwise_conv_1d_ncw_cw": ("ngw", "gw"),
    "depthwise_conv_1d_nwc_wcm": ("nwg", "wgf"),
    "depthwise_conv_2d_nhwc_hwc": ("nhwg", "hwg"),
    "depthwise_conv_2d_nchw_chw": ("nghw", "ghw"),
    "depthwise_conv_2d_nhwc_hwcm": ("nhwg", "hwgf"),
    "depthwise_conv_3d_ndhwc_dhwc": ("ndhwg", "dhwg"),
    "depthwise_conv_3d_ncdhw_cdhw": ("ngdhw", "gdhw"),
    "depthwise_conv_3d_ndhwc_dhwcm": ("ndhwg", "dhwgf"),
    # The same as a linalg.generic: image and filter in either order.
    "generic": ("nhwc", "hwcf"),
    "generic_swapped": ("nchw", "fchw"),
}
SPACE = "dhw"
UNIT_ROUNDOFF = {"f32": 2.0**-24, "f16": 2.0**-11}


class Case:
    def __init__(self, name, number, dtype, rng):
        self.name, self.key, self.dtype = name, f"c{number}", dtype
        self.image_letters, self.filter_letters = FORMS[name]
        if "c" in self.image_letters:
            self.result_letters = self.image_letters.replace("c", "f")
        else:
            self.result_letters = self.image_letters
            if "f" in self.filter_letters:
                self.result_letters += "f"
        self.space = [s for s in SPACE if s in self.filter_letters]
        # conv_1d, conv_2d and conv_3d have neither.
        plain = name in ("conv_1d", "conv_2d", "conv_3d")
        pick = lambda low, high: int(rng.integers(low, high + 1))
        self.stride = {s: 1 if plain else pick(1, 3) for s in self.space}
        self.dilation = {s: 1 if plain else pick(1, 2) for s in self.space}
        # Divides by 4, for the zeros, and not by 3, for ragged groups.
        self.extents = {"n": pick(2, 3), "g": pick(2, 5), "c": 8, "f": pick(2, 7)}
        kernel = {s: pick(1, 3) for s in self.space}
        output = {s: pick(2, 5) for s in self.space}
        # Up to two elements at the end that no window reaches.
        image = {
            s: (output[s] - 1) * self.stride[s]
            + (kernel[s] - 1) * self.dilation[s]
            + 1
            + pick(0, 2)
            for s in self.space
        }
        shape = lambda letters, space: tuple(
            {**self.extents, **space}[letter] for letter in letters
        )
        draw = lambda size, scale=1.0: floats.round_to(
            (rng.standard_normal(size) * scale).astype(np.float32), dtype
        )
        self.image = draw(shape(self.image_letters, image))
        self.filter = draw(shape(self.filter_letters, kernel))
        self.init = draw(shape(self.result_letters, output))

    def type(self, shape, letters):
        """Of every three forms one has a dynamic batch, one dynamic space too."""
        dynamic = ["", "n", "n" + SPACE][int(self.key[1:]) % 3]
        extents = [
            "?" if letter in dynamic else str(extent)
            for letter, extent in zip(letters, shape)
        ]
        return f"tensor<{'x'.join(extents)}x{self.dtype}>"

    def weight_type(self):
        extents = "x".join(map(str, self.filter.shape))
        return f"tensor<{extents}x{self.dtype}>"

    def get_maps(self):
        """Maps of a generic: loops over the result, then over what is reduced."""
        loops = list(self.result_letters)
        loops += ["k" + s for s in self.space] + (["c"] if "c" in self.filter_letters else [])

        def index(letter):
            if letter not in self.space:
                return letter
            return f"{letter} * {self.stride[letter]} + k{letter} * {self.dilation[letter]}"

        image = [index(letter) for letter in self.image_letters]
        filter = ["k" + l if l in self.space else l for l in self.filter_letters]
        maps = [
            f"affine_map<({', '.join(loops)}) -> ({', '.join(results)})>"
            for results in (image, filter, list(self.result_letters))
        ]
        iterators = [
            '"parallel"' if loop in self.result_letters else '"reduction"'
            for loop in loops
        ]
        return maps, iterators

    def print(self):
        """Arguments, lines, and the result with its type."""
        image = self.type(self.image.shape, self.image_letters)
        result = self.type(self.init.shape, self.result_letters)
        weight = self.weight_type()
        key = self.key
        arguments = [
            f'%x{key}: {image} {{compress.name = "x{key}"}}',
            f'%i{key}: {result} {{compress.name = "i{key}"}}',
        ]
        line = f"  %w{key} = arith.constant dense_resource<w{key}> : {weight}\n"
        if self.name.startswith("generic"):
            maps, iterators = self.get_maps()
            operands = [(f"%x{key}", image), (f"%w{key}", weight)]
            if self.name == "generic_swapped":
                maps[:2] = maps[1::-1]
                operands.reverse()
            values, types = zip(*operands)
            line += (
                f"  %y{key} = linalg.generic {{indexing_maps = [{', '.join(maps)}], "
                f"iterator_types = [{', '.join(iterators)}]}} "
                f"ins({', '.join(values)} : {', '.join(types)}) outs(%i{key} : {result}) {{\n"
                f"  ^bb0(%a: {self.dtype}, %b: {self.dtype}, %o: {self.dtype}):\n"
                f"    %p = arith.mulf %a, %b : {self.dtype}\n"
                f"    %s = arith.addf %o, %p : {self.dtype}\n"
                f"    linalg.yield %s : {self.dtype}\n"
                f"  }} -> {result}\n"
            )
        else:
            attributes = ""
            if len(self.name) > len("conv_1d"):
                vector = lambda values: (
                    f"dense<[{', '.join(str(values[s]) for s in self.space)}]> "
                    f": tensor<{len(self.space)}xi64>"
                )
                attributes = (
                    f" {{strides = {vector(self.stride)}, "
                    f"dilations = {vector(self.dilation)}}}"
                )
            line += (
                f"  %y{key} = linalg.{self.name}{attributes} "
                f"ins(%x{key}, %w{key} : {image}, {weight}) "
                f"outs(%i{key} : {result}) -> {result}\n"
            )
        named = f'{result} {{compress.name = "y{key}"}}'
        return arguments, line, f"%y{key}", result, named

    def convolve(self, image, filter):
        """The sum over window and channels in float64, in the result's layout."""
        spread = lambda array, letters, order: np.expand_dims(
            array.astype(np.float64).transpose(
                [letters.index(l) for l in order if l in letters]
            ),
            [at for at, l in enumerate(order) if l not in letters],
        )
        order = "ngc" + SPACE
        image = spread(image, self.image_letters, order)
        filter = spread(filter, self.filter_letters, "gfc" + SPACE)
        stride = [self.stride.get(s, 1) for s in SPACE]
        dilation = [self.dilation.get(s, 1) for s in SPACE]
        sizes = dict(zip(self.result_letters, self.init.shape))
        output = [sizes.get(s, 1) for s in SPACE]
        result = np.zeros(
            (image.shape[0], image.shape[1], filter.shape[1], *output)
        )
        for at in itertools.product(*map(range, filter.shape[3:])):
            window = tuple(
                slice(k * step, k * step + (extent - 1) * move + 1, move)
                for k, step, extent, move in zip(at, dilation, output, stride)
            )
            result += np.einsum(
                "ngcdhw,gfc->ngfdhw", image[(..., *window)], filter[(..., *at)]
            )
        letters = "ngf" + SPACE
        keep = [l for l in letters if l in self.result_letters]
        result = result.reshape([sizes[l] for l in keep])
        return result.transpose([keep.index(l) for l in self.result_letters])

    def bound(self, image, filter, unit, extra=0):
        """By how much rounding can move each element, and `extra` roundings more."""
        products = np.prod(
            [
                extent
                for letter, extent in zip(self.filter_letters, self.filter.shape)
                if letter not in "gf"
            ]
        )
        roundings = (products + 1 + extra) * unit
        magnitudes = self.convolve(np.abs(image), np.abs(filter)) + np.abs(self.init)
        return roundings / (1 - roundings) * magnitudes

    def get_block(self, letters, kept, group=0):
        """One scale for each position along `kept`, and for each group of c."""
        return tuple(
            1 if letter in kept else group if letter == "c" else 0
            for letter in letters
        )


def quantize(values, dtype, sparsity, storage):
    """What a tensor's decode gives, as float32."""
    _, bits = formulas.encode(sparsity.prune(values), dtype, sparsity, storage, None)
    if dtype == "f32":
        return bits.view(np.float32).reshape(values.shape)
    return bits.view(np.float16).astype(np.float32).reshape(values.shape)


def print_module(cases):
    parts = [case.print() for case in cases]
    arguments = ",\n    ".join(itertools.chain(*(part[0] for part in parts)))
    lines = "".join(part[1] for part in parts)
    values = ", ".join(part[2] for part in parts)
    types = ", ".join(part[3] for part in parts)
    results = ", ".join(part[4] for part in parts)
    dtype = cases[0].dtype
    alignment = (4 if dtype == "f32" else 2).to_bytes(4, "little").hex()
    blobs = ",\n    ".join(
        f'w{case.key}: "0x{alignment}'
        f'{floats.to_bits(case.filter, dtype).tobytes().hex()}"'
        for case in cases
    )
    return (
        f"func.func @main({arguments})\n    -> ({results}) {{\n{lines}"
        f"  return {values} : {types}\n}}\n"
        f"{{-# dialect_resources: {{ builtin: {{\n    {blobs}\n}} }} #-}}\n"
    )


def run(*command):
    subprocess.run([str(part) for part in command], check=True)


class Scheme:
    """Flags, and what they mean for a case's image and filter."""

    def __init__(self, flags, weight, activation=None):
        self.flags, self.weight, self.activation = flags, weight, activation


def channels(case, scale="f32", width=8, symmetric=True, group=0):
    block = case.get_block(case.filter_letters, "gf", group)
    return Affine(width, symmetric, Scaling(scale, block))


def int8(case):
    return quantize(case.filter, case.dtype, Dense(), channels(case))


def int4_groups(case):
    # The group is the channel for a filter that has no input channels.
    storage = channels(case, "f16", 4, False, group=3)
    return quantize(case.filter, case.dtype, Dense(), storage)


def pruned_int8(case):
    letters = case.filter_letters
    # Without input channels there is nothing to prune along.
    sparsity = NM(2, 4, letters.index("c")) if "c" in letters else Dense()
    return quantize(case.filter, case.dtype, sparsity, channels(case))


def int8_rows(case):
    block = case.get_block(case.image_letters, "ng")
    return quantize(case.image, case.dtype, Dense(), Affine(8, True, Scaling("f32", block)))


SCHEMES = {
    "dense": Scheme([], lambda case: case.filter),
    "int8": Scheme(["--quantize=w8a16"], int8),
    "int4": Scheme(
        ["--quantize={preset: w4a16, group_size: 3, symmetric: false}"], int4_groups
    ),
    "pruned": Scheme(["--prune=2:4", "--quantize=w8a16"], pruned_int8),
    "w8a8": Scheme(["--quantize=w8a8"], int8, int8_rows),
    "w4a8": Scheme(
        ["--quantize={preset: w4a16, group_size: 3, symmetric: false, activations: int8}"],
        int4_groups,
        int8_rows,
    ),
}


def check_plan(module, cases):
    """Every weight was compressed, and no op of linalg reads one."""
    text = module.read_text()
    failures = 0
    if text.count("compress.conv ") + text.count("compress.contract ") != len(cases):
        print(f"{module}: not every convolution is compressed")
        failures += 1
    if " = linalg." in text:
        print(f"{module}: a dense convolution is left")
        failures += 1
    return failures


def check(directory, name, scheme, cases, inputs):
    dtype = cases[0].dtype
    unit = UNIT_ROUNDOFF[dtype]
    dense = directory / "dense.mlir"
    module = directory / f"{name}.mlir"
    failures = 0
    if scheme.flags:
        run("compress-opt", *scheme.flags, dense, "-o", module)
        failures += check_plan(module, cases)
    found, table = directory / f"{name}.npz", directory / f"{name}.json"
    reference = [f"--reference={dense}", f"--json={table}"] if scheme.flags else []
    run("compress-run", module, *reference, f"--inputs={inputs}", f"--outputs={found}")
    rows = {}
    if scheme.flags:
        rows = {row["name"]: row for row in json.loads(table.read_text())["outputs"]}
    outputs = np.load(found)
    for case in cases:
        tag = f"{dtype} {name} {case.name}"
        image = scheme.activation(case) if scheme.activation else case.image
        filter = scheme.weight(case)
        expected = case.init.astype(np.float64) + case.convolve(image, filter)
        # The exact integer form rounds scales, sum, product and result, but not
        # the two decoded operands as `expected` does: four roundings more.
        extra = 4 if scheme.activation else 0
        rounding = case.bound(image, filter, unit, extra)
        got = outputs[f"y{case.key}"].astype(np.float64)
        difference = np.abs(got - expected)
        if got.shape != expected.shape or (difference > rounding).any():
            print(f"{tag}: differs by {difference.max()} where at most "
                  f"{rounding.max()} is rounding")
            failures += 1
        if not rows:
            continue
        # What the tool says of the dense module.
        error = rows[f"y{case.key}"]["max_error"]
        change = np.abs(
            case.convolve(image, filter) - case.convolve(case.image, case.filter)
        )
        dense_rounding = case.bound(case.image, case.filter, unit)
        slack = (rounding + dense_rounding).max()
        if not change.max() - slack <= error <= change.max() + slack:
            print(f"{tag}: compress-run reports an error of {error}, expected "
                  f"{change.max()} within {slack}")
            failures += 1
    return failures


def main():
    directory, dtype = pathlib.Path(sys.argv[1]), sys.argv[2]
    rng = np.random.default_rng(11)
    cases = [Case(name, number, dtype, rng) for number, name in enumerate(FORMS)]
    (directory / "dense.mlir").write_text(print_module(cases))
    inputs = directory / "inputs.npz"
    stored = {"f32": np.float32, "f16": np.float16}[dtype]
    np.savez(inputs, **{
        f"{letter}{case.key}": array.astype(stored)
        for case in cases
        for letter, array in [("x", case.image), ("i", case.init)]
    })
    # The type of elements concerns the arithmetic, not the choice of axes.
    names = SCHEMES if dtype == "f32" else ["dense", "int8", "w8a8"]
    failures = sum(
        check(directory, name, SCHEMES[name], cases, inputs) for name in names
    )
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
