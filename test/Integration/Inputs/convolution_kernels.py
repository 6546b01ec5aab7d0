"""Runs convolutions as kernels on the emulator: implicit GEMM.

  convolution_kernels.py DIRECTORY f16|tf32 CHIP

Dense ones are compared with NumPy in f64, within the bound of f32 sums; those whose
weights are compressed with the same module on the CPU; tf32 are f32 with --tf32. Images and filters come in
both orders, with strides, dilations and groups, into f32. What must hold beside the
numbers: one kernel on tensor cores, no fault with all checks on, no bank conflict.
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
]


def module(case, schedule, dtype):
    n, c, h, w, f, size, stride, dilation, order, _, dynamic = case
    attribute = (
        f"compress_kernel.schedule = #compress_kernel.wgmma<tile = {schedule}>, " if schedule else ""
    )
    oh, ow = ((e - (size - 1) * dilation - 1) // stride + 1 for e in (h, w))
    batch = "?" if dynamic else n
    if order == "nhwc":
        name, image = "conv_2d_nhwc_hwcf", f"{batch}x{h}x{w}x{c}"
        filters, output = f"{size}x{size}x{c}x{f}", f"{batch}x{oh}x{ow}x{f}"
    else:
        name, image = "conv_2d_nchw_fchw", f"{batch}x{c}x{h}x{w}"
        filters, output = f"{f}x{c}x{size}x{size}", f"{batch}x{f}x{oh}x{ow}"
    x, k, y = f"tensor<{image}x{dtype}>", f"tensor<{filters}x{dtype}>", f"tensor<{output}xf32>"
    sizes = "%n" if dynamic else ""
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
    x, k = image, filters
    if order == "nchw":
        x, k = np.transpose(image, (0, 3, 1, 2)), np.transpose(filters, (3, 2, 0, 1))
    np.savez(directory / "in.npz", x=np.ascontiguousarray(x))
    # A blob: its alignment, then the bytes.
    blob = filters.itemsize.to_bytes(4, "little").hex() + np.ascontiguousarray(k).tobytes().hex()
    resources = '{-# dialect_resources: { builtin: { filters: "0x%s" } } #-}' % blob
    path = directory / f"{number}.mlir"
    path.write_text(module(case, schedule, dtype.replace("tf32", "f32")) + resources)
    if scheme:
        dense, path = path, directory / f"{number}-{scheme}.mlir"
        subprocess.run(["compress-opt", f"--quantize={scheme}", dense, "-o", path], check=True)
    found = run(
        path, directory, "--target=emulated", f"--chip={chip}",
        f"--counters={directory}/counters.json", *["--tf32"] * (dtype == "tf32"),
    )  # fmt: skip

    image, filters = image.astype(np.float64), filters.astype(np.float64)
    magnitudes = np.abs(filters)
    if scheme:
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
    terms = (size * size * c + 1) * 2.0**-24 * 1.01 * (2 if scheme else 1)
    # Operands are rounded to 11 bits: each is off by a part of 2^-11 at most.
    bound = bound * (terms + (2.0**-10 + 2.0**-22) * (dtype == "tf32"))
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
    if chip == "sm_90a" and dtype == "f16":
        cases = WARPGROUP_CASES
    results = [
        check(directory, number, case, schedule, dtype, chip)
        for number, (case, schedule) in enumerate(cases)
    ]
    print(f"{len(results)} convolutions, {results.count(False)} wrong")
    sys.exit(not all(results))


if __name__ == "__main__":
    main()
