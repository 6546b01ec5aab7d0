"""Runs products of a number of rows that is known when running on the emulator.

  by_rows_kernels.py DIRECTORY

With packed weights as packed_kernels.py, whose bounds hold here too, and dense: for each of
some numbers of rows, which of the kernels of one module the host launches, and that
their results are right.
"""

import json
import pathlib
import subprocess
import sys

import numpy as np

from packed_kernels import W4, W8, Case, check

KERNEL = "#compress_kernel."
# Sums in two parts for few rows, which another kernel adds, and by wgmma for many.
PACKED = {
    "sm_80": f"""{KERNEL}by_rows<most = [8, 20], schedules = [
        {KERNEL}stream<tile = [8, 32], warps = [1, 4], stages = 3, splits = 2>,
        {KERNEL}stream<tile = [16, 64], warps = [2, 4], stages = 3>,
        {KERNEL}stream<tile = [64, 64], warps = [2, 4], stages = 2>]>""",
    "sm_90a": f"""{KERNEL}by_rows<most = [8, 20], schedules = [
        {KERNEL}stream<tile = [8, 32], warps = [1, 4], stages = 3, splits = 2>,
        {KERNEL}stream<tile = [16, 64], warps = [2, 4], stages = 3>,
        {KERNEL}wgmma_decode<tile = [64, 64], consumers = 1, stages = 3, splits = 2>]>""",
}
DENSE = {
    "sm_80": f"""{KERNEL}by_rows<most = [16, 40], schedules = [
        {KERNEL}mma_sync<tile = [16, 64, 64], warps = [1, 4], stages = 3>,
        {KERNEL}mma_sync<tile = [64, 64, 64], warps = [2, 2], stages = 2>,
        {KERNEL}mma_sync<tile = [128, 64, 64], warps = [4, 2], stages = 2>]>""",
    "sm_90a": f"""{KERNEL}by_rows<most = [16, 40], schedules = [
        {KERNEL}mma_sync<tile = [16, 64, 64], warps = [1, 4], stages = 3>,
        {KERNEL}wgmma<tile = [64, 32, 64], consumers = 1, stages = 4, swap = true>,
        {KERNEL}wgmma<tile = [128, 64, 64], consumers = 2, stages = 3>]>""",
}
# The rows, and which of the schedules is for them.
PACKED_ROWS = [(1, 0), (8, 0), (9, 1), (20, 1), (21, 2), (70, 2)]
DENSE_ROWS = [(1, 0), (16, 0), (17, 1), (40, 1), (41, 2), (150, 2)]
PACKED_KERNELS = {
    "sm_80": [["layer_stream", "layer_point"], ["layer_stream_0"], ["layer_stream_1"]],
    "sm_90a": [["layer_stream", "layer_point"], ["layer_stream_0"], ["layer_wgmma_decode", "layer_point"]],
}
DENSE_KERNELS = {
    "sm_80": [["layer_mma"], ["layer_mma_0"], ["layer_mma_1"]],
    "sm_90a": [["layer_mma"], ["layer_wgmma"], ["layer_wgmma_0"]],
}


def inspect(kernels, expected):
    names = [kernel["name"] for kernel in kernels]
    problems = [] if names == expected else [f"expected the kernels {expected}, found {names}"]
    if any(kernel["bankConflicts"] for kernel in kernels):
        problems.append("bank conflicts")
    return problems


def check_packed(directory, number, chip, rows, place, rule, **more):
    batch = more.get("batch", 1)
    assert rows % batch == 0
    case = Case(rows // batch, 512, 96, rule, dynamic=True, chip=chip, schedule=PACKED[chip], **more)
    expected = PACKED_KERNELS[chip][place]
    return check(directory, number, case, lambda _, kernels: inspect(kernels, expected))


def check_dense(directory, number, chip, rows, place):
    rng = np.random.default_rng(number)
    depth, columns = 200, 136
    x = rng.standard_normal((rows, depth)).astype(np.float16)
    w = rng.standard_normal((depth, columns)).astype(np.float16)
    bias = rng.standard_normal(columns).astype(np.float32)
    np.savez(directory / "x.npz", x=x, w=w, bias=bias)
    module = directory / "dense.mlir"
    module.write_text(f"""
#mn = affine_map<(m, n) -> (m, n)>
func.func @layer(%x: tensor<?x{depth}xf16> {{compress.name = "x"}}, %w: tensor<{depth}x{columns}xf16> {{compress.name = "w"}},
    %bias: tensor<{columns}xf32> {{compress.name = "bias"}}) -> (tensor<?x{columns}xf32> {{compress.name = "y"}}) {{
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %m = tensor.dim %x, %c0 : tensor<?x{depth}xf16>
  %empty = tensor.empty(%m) : tensor<?x{columns}xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<?x{columns}xf32>) -> tensor<?x{columns}xf32>
  %y = linalg.matmul {{compress_kernel.schedule = {DENSE[chip]}}}
      ins(%x, %w : tensor<?x{depth}xf16>, tensor<{depth}x{columns}xf16>)
      outs(%fill : tensor<?x{columns}xf32>) -> tensor<?x{columns}xf32>
  %r = linalg.generic {{indexing_maps = [#mn, affine_map<(m, n) -> (n)>, #mn], iterator_types = ["parallel", "parallel"]}}
      ins(%y, %bias : tensor<?x{columns}xf32>, tensor<{columns}xf32>) outs(%empty : tensor<?x{columns}xf32>) {{
  ^bb0(%a: f32, %b: f32, %o: f32):
    %s = arith.addf %a, %b : f32
    linalg.yield %s : f32
  }} -> tensor<?x{columns}xf32>
  return %r : tensor<?x{columns}xf32>
}}
""")
    counters = directory / "counters.json"
    subprocess.run(
        ["compress-run", module, "--target=emulated", f"--chip={chip}", f"--counters={counters}",
         f"--inputs={directory}/x.npz", f"--outputs={directory}/y.npz"],
        check=True,
    )  # fmt: skip
    found = np.load(directory / "y.npz")["y"].astype(np.float64)
    wide = x.astype(np.float64), w.astype(np.float64)
    expected = wide[0] @ wide[1] + bias
    # Products of f16 are exact in f32; depth of them and the bias are added in any order,
    # and each addition rounds what is at most the sum of the magnitudes (Higham, Accuracy
    # and Stability of Numerical Algorithms, section 4.2).
    bound = (depth + 1) * 2.0**-24 * 1.01 * (np.abs(wide[0]) @ np.abs(wide[1]) + np.abs(bias))
    problems = inspect(json.loads(counters.read_text())["kernels"], DENSE_KERNELS[chip][place])
    if not np.all(np.abs(found - expected) <= bound):
        problems.append(f"an element is {np.max(np.abs(found - expected) / bound):.3g} times the bound away")
    for problem in problems:
        print(f"dense, {rows} rows, {chip}: {problem}")
    return not problems


def main():
    directory = pathlib.Path(sys.argv[1])
    results = []
    for chip in PACKED:
        for rows, place in PACKED_ROWS:
            number = len(results)
            results.append(check_packed(directory, number, chip, rows, place, f"{W4} 128", tail=True))
        for rows, place in DENSE_ROWS:
            results.append(check_dense(directory, len(results), chip, rows, place))
    # Batches are rows too; results of 16 bits, and what the parts are added to.
    results.append(
        check_packed(directory, 100, "sm_80", 8, 0, W8, batch=2, start=0.5, result="f16")
    )
    results.append(
        check_packed(directory, 101, "sm_90a", 24, 2, f"{W4} 64", batch=3, start=0.25, tail=True)
    )
    print(f"{len(results)} products, {results.count(False)} wrong")
    sys.exit(not all(results))


if __name__ == "__main__":
    main()
