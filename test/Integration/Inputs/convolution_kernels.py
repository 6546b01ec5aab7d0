"""Runs convolutions as kernels on the emulator: implicit GEMM.

  convolution_kernels.py DIRECTORY f16|tf32 CHIP

Dense ones are compared with NumPy in f64, within the bound of f32 sums; those whose
weights are compressed with the same module on the CPU; tf32 are f32 with --tf32. Images and filters come in
both orders, with strides, dilations and groups, into f32. By wgmma there are filters of
int8 with a scale for each, too, which the product's own body decodes ("codes"), so that a
schedule can be given. What must hold beside the numbers: one kernel on tensor cores, no
fault with all checks on, copies in any order, no bank conflict.
"""

import json
import pathlib
import subprocess
import sys

import numpy as np

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
    batch = "?" if dynamic else n
    if order.startswith("nhwc"):
        name, image = "conv_2d_nhwc_hwcf", f"{batch}x{h}x{w}x{c}"
        filters, output = f"{size}x{size}x{c}x{f}", f"{batch}x{oh}x{ow}x{f}"
        if order == "nhwc-fhwc":
            name, filters = "conv_2d_nhwc_fhwc", f"{f}x{size}x{size}x{c}"
    else:
        name, image = "conv_2d_nchw_fchw", f"{batch}x{c}x{h}x{w}"
        filters, output = f"{f}x{c}x{size}x{size}", f"{batch}x{f}x{oh}x{ow}"
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
    return f"""func.func @conv(%x: {x} {{compress.name = "x"}}) -> ({y} {{compress.name = "out"}}) {{
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
    """n h w c by size size c f, in f64."""
    size = filters.shape[0]
    n, h, w, _ = image.shape
    oh, ow = ((e - (size - 1) * dilation - 1) // stride + 1 for e in (h, w))
    result = np.zeros((n, oh, ow, filters.shape[3]))
    for i in range(size):
        for j in range(size):
            rows = slice(i * dilation, i * dilation + (oh - 1) * stride + 1, stride)
            columns = slice(j * dilation, j * dilation + (ow - 1) * stride + 1, stride)
            result += image[:, rows, columns] @ filters[i, j]
    return result


def run(path, directory, *arguments):
    command = ["compress-run", path, f"--inputs={directory}/in.npz"]
    subprocess.run([*command, f"--outputs={directory}/out.npz", *arguments], check=True)
    return np.load(directory / "out.npz")["out"].astype(np.float64)


def check(directory, number, case, schedule, dtype, chip):
    element = np.float32 if dtype == "tf32" else np.float16
    n, c, h, w, f, size, stride, dilation, order, scheme, _ = case
    rng = np.random.default_rng(number)
    image = rng.standard_normal((n, h, w, c)).astype(element)
    filters = rng.standard_normal((size, size, c, f)).astype(element)
    arrays = {}
    if scheme == "codes":
        arrays["k"] = rng.integers(-128, 128, filters.shape).astype(np.int8)
        arrays["s"] = rng.uniform(0.004, 0.02, f).astype(element)
        filters = arrays["k"].astype(element) * arrays["s"]
    x, k = image, filters
    if order == "nchw":
        x, k = np.transpose(image, (0, 3, 1, 2)), np.transpose(filters, (3, 2, 0, 1))
    if order == "nhwc-fhwc":
        k = np.transpose(filters, (3, 0, 1, 2))
    np.savez(directory / "in.npz", x=np.ascontiguousarray(x), **arrays)
    # A blob: its alignment, then the bytes.
    blob = filters.itemsize.to_bytes(4, "little").hex() + np.ascontiguousarray(k).tobytes().hex()
    resources = '{-# dialect_resources: { builtin: { filters: "0x%s" } } #-}' % blob
    path = directory / f"{number}.mlir"
    text = module(case, schedule, dtype.replace("tf32", "f32"))
    path.write_text(text if scheme == "codes" else text + resources)
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
        expected = convolve(image, filters, stride, dilation)
        expected = np.transpose(expected, (0, 3, 1, 2)) if order == "nchw" else expected
    # Products are exact in f32, or on the CPU rounded as the first addition; each of at most k + 1 additions rounds what is at
    # most the sum of the magnitudes, in any order (Higham, Accuracy and Stability of
    # Numerical Algorithms, section 4.2). The CPU's sum is off as much.
    bound = convolve(np.abs(image), magnitudes, stride, dilation)
    bound = np.transpose(bound, (0, 3, 1, 2)) if order == "nchw" else bound
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
    cases = [(case, None) for case in CASES]
    if chip == "sm_90a":
        cases = WARPGROUP_CASES if dtype == "f16" else TF32_WARPGROUP_CASES
    results = [
        check(directory, number, case, schedule, dtype, chip)
        for number, (case, schedule) in enumerate(cases)
    ]
    print(f"{len(results)} convolutions, {results.count(False)} wrong")
    sys.exit(not all(results))


if __name__ == "__main__":
    main()
