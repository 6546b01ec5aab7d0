"""Runs convolutions as kernels on the emulator: implicit GEMM.

  convolution_kernels.py DIRECTORY f16|bf16|tf32 CHIP

Dense ones are compared with NumPy in f64, within the bound of f32 sums; those whose
weights are compressed with the same module on the CPU; tf32 are f32 with --tf32. Images and
filters come in both orders, with strides, dilations and groups, into f32. No array file has
bf16, so that such images are constants. By wgmma there are filters of int8 with a scale for
each, too, which the product's own body decodes ("codes"), so that a schedule can be given.
What must hold beside the numbers: one kernel on tensor cores, no fault with all checks on,
copies in any order, no bank conflict.
"""

import json
import pathlib
import subprocess
import sys

import numpy as np

# Of each order: the op, and how images, filters and results lie; c and f are channels and
# filters of a group.
ORDERS = {
    "nhwc": ("conv_2d_nhwc_hwcf", "nhwc", "hwcf", "nhwf"),
    "nhwc-fhwc": ("conv_2d_nhwc_fhwc", "nhwc", "fhwc", "nhwf"),
    "nchw": ("conv_2d_nchw_fchw", "nchw", "fchw", "nfhw"),
    "nhwgc": ("conv_2d_nhwgc_gfhwc", "nhwgc", "gfhwc", "nhwgf"),
    "ngchw": ("conv_2d_ngchw_gfchw", "ngchw", "gfchw", "ngfhw"),
}
GROUPS = 3

# Images: batch, channels, height, width; filters, window, stride, dilation; order;
# scheme of the weights, empty where they are dense; whether the batch is dynamic.
CASES = [
    (2, 16, 15, 17, 24, 3, 1, 1, "nhwc", "", False),
    (3, 8, 12, 11, 10, 3, 2, 1, "nhwc", "", True),
    (1, 5, 9, 9, 7, 3, 1, 2, "nhwc", "", False),
    (2, 16, 15, 17, 24, 3, 2, 1, "nchw", "", False),
    (1, 7, 9, 8, 9, 3, 1, 1, "nchw", "", True),
    (2, 32, 6, 6, 40, 1, 1, 1, "nhwc", "", False),
    (2, 16, 9, 10, 24, 3, 1, 1, "nhwc", "w8a16", False),
    (2, 16, 9, 10, 24, 3, 2, 1, "nchw", "w4a16", True),
    (2, 16, 9, 10, 24, 3, 1, 1, "nhwgc", "", False),
    (2, 7, 9, 8, 24, 3, 2, 1, "ngchw", "", True),
]
# By wgmma: the same, and a schedule, none being the cost model's choice. Images are
# gathered by 16, 8, 4 or 2 bytes, and filters copied by boxes where lines are whole
# chunks of 16 bytes.
WARPGROUP_CASES = [
    ((2, 16, 15, 17, 24, 3, 1, 1, "nhwc", "", False), "[128, 64, 64], consumers = 2, stages = 4"),
    ((3, 8, 12, 11, 10, 3, 2, 1, "nhwc", "", True), "[64, 64, 64], consumers = 1, stages = 3"),
    ((1, 4, 9, 9, 16, 3, 1, 2, "nhwc", "", False), "[64, 128, 64], consumers = 1, stages = 5"),
    ((1, 5, 9, 9, 7, 3, 1, 2, "nhwc", "", False), "[64, 64, 64], consumers = 1, stages = 2"),
    ((2, 16, 15, 17, 24, 3, 2, 1, "nchw", "", False), "[64, 64, 64], consumers = 1, stages = 4"),
    ((1, 7, 9, 8, 9, 3, 1, 1, "nchw", "", True), "[64, 16, 64], consumers = 1, stages = 4"),
    ((2, 32, 6, 6, 40, 1, 1, 1, "nhwc", "", False), "[64, 64, 64], consumers = 1, stages = 6"),
    # Swapped: the filters are the rows of the instruction. More tiles than blocks.
    ((7, 8, 22, 20, 72, 2, 1, 1, "nhwc", "", True), "[64, 16, 64], consumers = 1, stages = 5, swap = true"),
    ((2, 16, 9, 10, 24, 3, 1, 1, "nhwc", "w8a16", False), None),
    ((2, 16, 9, 10, 24, 3, 2, 1, "nchw", "w4a16", True), None),
    # Computed filters beside a gathered image, and, where the window is 1x1, beside one that
    # is a plain matrix, which bulk copies bring.
    ((2, 16, 9, 10, 24, 3, 1, 1, "nhwc", "codes", False), "[64, 64, 64], consumers = 1, stages = 4"),
    ((3, 7, 9, 10, 72, 3, 2, 1, "nhwc", "codes", True), "[128, 128, 64], consumers = 2, stages = 4"),
    ((3, 72, 9, 9, 40, 1, 1, 1, "nhwc", "codes", False), "[128, 32, 64], consumers = 2, stages = 6"),
    ((3, 72, 9, 9, 40, 1, 1, 1, "nhwc", "codes", False), "[64, 64, 64], consumers = 1, stages = 3, swap = true"),
    # Filters of a group are lines of 16 bytes, and of 2.
    ((2, 8, 9, 10, 24, 3, 1, 1, "nhwgc", "", False), "[64, 32, 64], consumers = 1, stages = 4"),
    ((2, 7, 9, 8, 24, 3, 2, 1, "ngchw", "", True), "[64, 32, 64], consumers = 1, stages = 4"),
]
BF16_CASES = [
    (2, 16, 15, 17, 24, 3, 2, 1, "nhwc", "", False),
    (1, 7, 9, 8, 9, 3, 1, 2, "nchw", "", False),
    (2, 16, 9, 10, 24, 3, 1, 1, "nhwgc", "", False),
]
BF16_WARPGROUP_CASES = [
    (BF16_CASES[0], "[128, 64, 64], consumers = 2, stages = 4"),
    # One image: its filters come first in the results, and are M.
    (BF16_CASES[1], "[64, 64, 64], consumers = 1, stages = 4"),
    (BF16_CASES[2], "[64, 32, 64], consumers = 1, stages = 3"),
]
# By tf32, which wgmma takes along K only: of these the filters, too.
TF32_WARPGROUP_CASES = [
    ((2, 16, 9, 10, 24, 3, 2, 1, "nhwc-fhwc", "", True), "[64, 32, 32], consumers = 1, stages = 5"),
    ((2, 5, 9, 10, 8, 3, 1, 1, "nhwc-fhwc", "", False), "[128, 16, 32], consumers = 2, stages = 3"),
    ((2, 16, 15, 17, 24, 3, 1, 1, "nchw", "", False), "[64, 64, 32], consumers = 1, stages = 4"),
]


def module(case, schedule, dtype):
    n, c, h, w, f, size, stride, dilation, order, scheme, dynamic = case
    attribute = (
        f"compress_kernel.schedule = #compress_kernel.wgmma<tile = {schedule}>, " if schedule else ""
    )
    oh, ow = ((e - (size - 1) * dilation - 1) // stride + 1 for e in (h, w))
    name, *layouts = ORDERS[order]
    extents = {"n": "?" if dynamic else n, "g": GROUPS, "c": c, "f": f}
    image, filters, output = (
        "x".join(str({**extents, "h": rows, "w": columns}[axis]) for axis in layout)
        for layout, rows, columns in zip(layouts, (h, size, oh), (w, size, ow))
    )
    x, k, y = f"tensor<{image}x{dtype}>", f"tensor<{filters}x{dtype}>", f"tensor<{output}xf32>"
    sizes = "%n" if dynamic else ""
    if scheme == "codes":
        at = [f"o{i} * {stride} + k{i} * {dilation}" for i in "hw"]
        dims = "(n, oh, ow, f, kh, kw, c)"
        maps = [f"(n, {at[0]}, {at[1]}, c)", "(kh, kw, c, f)", "(f)", "(n, oh, ow, f)"]
        iterators = ['"parallel"'] * 4 + ['"reduction"'] * 3
        k, s = k.replace(dtype, "i8"), f"tensor<{f}x{dtype}>"
        return f"""func.func @conv(%x: {x} {{compress.name = "x"}}, %k: {k} {{compress.name = "k"}},
    %s: {s} {{compress.name = "s"}}) -> ({y} {{compress.name = "out"}}) {{
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : {x}
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty({sizes}) : {y}
  %fill = linalg.fill ins(%zero : f32) outs(%empty : {y}) -> {y}
  %0 = linalg.generic {{
      indexing_maps = [{", ".join(f"affine_map<{dims} -> {m}>" for m in maps)}],
      iterator_types = [{", ".join(iterators)}]}}
      ins(%x, %k, %s : {x}, {k}, {s}) outs(%fill : {y}) attrs = {{{attribute.rstrip(", ")}}} {{
  ^bb0(%a: {dtype}, %code: i8, %scale: {dtype}, %sum: f32):
    %value = arith.sitofp %code : i8 to {dtype}
    %b = arith.mulf %value, %scale : {dtype}
    %wa = arith.extf %a : {dtype} to f32
    %wb = arith.extf %b : {dtype} to f32
    %product = arith.mulf %wa, %wb : f32
    %next = arith.addf %sum, %product : f32
    linalg.yield %next : f32
  }} -> {y}
  return %0 : {y}
}}
"""
    argument, constant = f'%x: {x} {{compress.name = "x"}}', ""
    if dtype == "bf16":
        argument, constant = "", f"%x = arith.constant dense_resource<image> : {x}"
    return f"""func.func @conv({argument}) -> ({y} {{compress.name = "out"}}) {{
  {constant}
  %k = arith.constant dense_resource<filters> : {k}
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : {x}
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty({sizes}) : {y}
  %fill = linalg.fill ins(%zero : f32) outs(%empty : {y}) -> {y}
  %0 = linalg.{name} {{{attribute}dilations = dense<{dilation}> : tensor<2xi64>, strides = dense<{stride}> : tensor<2xi64>}}
      ins(%x, %k : {x}, {k}) outs(%fill : {y}) -> {y}
  return %0 : {y}
}}
"""


def convolve(image, filters, stride, dilation):
    """n h w g c by g h w c f, in f64."""
    _, size, _, _, f = filters.shape
    n, h, w, groups, _ = image.shape
    oh, ow = ((e - (size - 1) * dilation - 1) // stride + 1 for e in (h, w))
    result = np.zeros((n, oh, ow, groups, f))
    for i in range(size):
        for j in range(size):
            rows = slice(i * dilation, i * dilation + (oh - 1) * stride + 1, stride)
            columns = slice(j * dilation, j * dilation + (ow - 1) * stride + 1, stride)
            result += np.einsum("nhwgc,gcf->nhwgf", image[:, rows, columns], filters[:, i, j])
    return result


def lay(array, axes, layout):
    """An array with the axes in another order, without that of groups where there is one."""
    order = [axes.index(axis) for axis in layout]
    if "g" not in layout:
        order.append(axes.index("g"))
        array = np.transpose(array, order)[..., 0]
    else:
        array = np.transpose(array, order)
    return np.ascontiguousarray(array)


def resources(**arrays):
    """Each blob: its alignment, then the bytes."""
    blobs = [
        f'{name}: "0x{array.itemsize.to_bytes(4, "little").hex()}{array.tobytes().hex()}"'
        for name, array in arrays.items()
    ]
    return "{-# dialect_resources: { builtin: { %s } } #-}" % ", ".join(blobs)


def to_bf16(array):
    """Cuts an array of f32 off to bf16: its values, and their upper halves."""
    halves = (array.view(np.uint32) >> 16).astype(np.uint16)
    return (halves.astype(np.uint32) << 16).view(np.float32), halves


def run(path, directory, *arguments):
    command = ["compress-run", path, f"--inputs={directory}/in.npz"]
    subprocess.run([*command, f"--outputs={directory}/out.npz", *arguments], check=True)
    return np.load(directory / "out.npz")["out"].astype(np.float64)


def check(directory, number, case, schedule, dtype, chip):
    element = np.float16 if dtype == "f16" else np.float32
    n, c, h, w, f, size, stride, dilation, order, scheme, _ = case
    _, image_layout, filter_layout, layout = ORDERS[order]
    groups = GROUPS if "g" in layout else 1
    rng = np.random.default_rng(number)
    image = rng.standard_normal((n, h, w, groups, c)).astype(element)
    filters = rng.standard_normal((groups, size, size, c, f)).astype(element)
    arrays = {}
    if scheme == "codes":
        codes = rng.integers(-128, 128, filters.shape).astype(np.int8)
        arrays["k"] = lay(codes, "ghwcf", filter_layout)
        arrays["s"] = rng.uniform(0.004, 0.02, f).astype(element)
        filters = codes.astype(element) * arrays["s"]
    x, k = image, filters
    if dtype == "bf16":
        (image, x), (filters, k) = to_bf16(image), to_bf16(filters)
    x, k = lay(x, "nhwgc", image_layout), lay(k, "ghwcf", filter_layout)
    path = directory / f"{number}.mlir"
    text = module(case, schedule, dtype.replace("tf32", "f32"))
    if dtype == "bf16":
        text += resources(image=x, filters=k)
    else:
        arrays["x"] = x
        if scheme != "codes":
            text += resources(filters=k)
    np.savez(directory / "in.npz", **arrays)
    path.write_text(text)
    is_compressed = scheme not in ("", "codes")
    if is_compressed:
        dense, path = path, directory / f"{number}-{scheme}.mlir"
        subprocess.run(["compress-opt", f"--quantize={scheme}", dense, "-o", path], check=True)
    found = run(
        path, directory, "--target=emulated", f"--chip={chip}",
        f"--counters={directory}/counters.json", *["--tf32"] * (dtype == "tf32"),
        *[f"--landing-seed={number}"] * (number % 2),
    )  # fmt: skip

    image, filters = image.astype(np.float64), filters.astype(np.float64)
    magnitudes = np.abs(filters)
    if is_compressed:
        # Decoding is off by at most half of a scale, the greatest magnitude over 7.
        magnitudes += magnitudes.max() / 14
        expected = run(path, directory)
    else:
        expected = lay(convolve(image, filters, stride, dilation), "nhwgf", layout)
    # Products of f16 or bf16 are exact in f32, or on the CPU rounded as the first addition;
    # each of at most k + 1 additions, k being a group's channels times the window, rounds
    # what is at most the sum of the magnitudes, in any order (Higham, Accuracy and Stability
    # of Numerical Algorithms, section 4.2). The CPU's sum is off as much.
    bound = lay(convolve(np.abs(image), magnitudes, stride, dilation), "nhwgf", layout)
    terms = (size * size * c + 1) * 2.0**-24 * 1.01 * (2 if is_compressed else 1)
    # Operands are rounded to 11 bits: each is off by a part of 2^-11 at most. By wgmma they
    # are cut off to these, and off by less than 2^-10.
    rounding = 2.0**-9 + 2.0**-20 if schedule else 2.0**-10 + 2.0**-22
    bound = bound * (terms + rounding * (dtype == "tf32"))
    problems = []
    if not np.all(np.abs(found - expected) <= bound):
        worst = np.nanmax(np.abs(found - expected) / bound)
        problems.append(f"an element is {worst:.3g} times the bound away")
    kernels = json.loads((directory / "counters.json").read_text())["kernels"]
    names = [kernel["name"] for kernel in kernels]
    kinds = ("conv_wgmma",) if schedule else ("conv_mma", "conv_wgmma")
    if not any(name.startswith(kinds) for name in names):
        problems.append(f"expected a kernel on tensor cores, found {names}")
    conflicts = sum(kernel["bankConflicts"] for kernel in kernels)
    if conflicts:
        problems.append(f"{conflicts} bank conflicts")
    for problem in problems:
        print(f"{path.name}: {case}: {problem}")
    return not problems


def main():
    directory, dtype, chip = pathlib.Path(sys.argv[1]), *sys.argv[2:]
    if chip == "sm_90a":
        cases = {"f16": WARPGROUP_CASES, "bf16": BF16_WARPGROUP_CASES}.get(dtype, TF32_WARPGROUP_CASES)
    else:
        cases = [(case, None) for case in (BF16_CASES if dtype == "bf16" else CASES)]
    results = [
        check(directory, number, case, schedule, dtype, chip)
        for number, (case, schedule) in enumerate(cases)
    ]
    print(f"{len(results)} convolutions, {results.count(False)} wrong")
    sys.exit(not all(results))


if __name__ == "__main__":
    main()
