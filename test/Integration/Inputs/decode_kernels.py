"""Runs products with compressed weights as kernels on the emulator.

  decode_kernels.py DIRECTORY

Presets and patterns of f16 weights are decoded inside of a kernel on tensor cores;
for sparsity with a count, other kernels find the places of its values first. Results
must be those of the same module on the processor, within the bound of f32 sums in two
orders.
"""

import json
import pathlib
import subprocess
import sys

import numpy as np
from safetensors.numpy import save_file

K, N = 160, 136
# Groups of 20 have no kernel that streams packed weights, so that they come here.
FLAGS = [
    ["--quantize={preset: w8a16, strategy: group, group_size: 20}"],
    ["--quantize={preset: w8a16, strategy: group, group_size: 20, symmetric: false}"],
    ["--quantize={preset: w4a16, group_size: 20}"],
    ["--quantize=w3a16"],
    ["--quantize={preset: nf4, group_size: 20}"],
    ["--quantize={preset: kmeans4, strategy: group, group_size: 20}"],
    ["--quantize=ternary"],
    ["--quantize={preset: fp8, strategy: group, group_size: 20}"],
    ["--quantize={preset: mxfp4, group_size: 20}"],
    ["--quantize={preset: nvfp4, group_size: 20}"],
    ["--prune=2:4"],
    ["--quantize={preset: w4a16, group_size: 32}", "--prune=2:4"],
    ["--prune=0.7"],
    ["--prune={pattern: '0.7', format: csr}"],
    ["--prune=block:16x8@0.5"],
    ["--quantize=w4a16", "--prune=0.7"],
    ["--quantize=w8a16", "--prune=block:32x32@0.5"],
]
MODULE = f"""func.func @layer(%x: tensor<?x{K}xf16> {{compress.name = "x"}})
    -> (tensor<?x{N}xf32> {{compress.name = "y"}}) {{
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %w = arith.constant #compress.external<"w.safetensors", "w"> : tensor<{K}x{N}xf16>
  %m = tensor.dim %x, %c0 : tensor<?x{K}xf16>
  %empty = tensor.empty(%m) : tensor<?x{N}xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<?x{N}xf32>) -> tensor<?x{N}xf32>
  %y = linalg.matmul ins(%x, %w : tensor<?x{K}xf16>, tensor<{K}x{N}xf16>)
      outs(%fill : tensor<?x{N}xf32>) -> tensor<?x{N}xf32>
  return %y : tensor<?x{N}xf32>
}}
"""


def run(directory, module, x, *flags):
    np.savez(directory / "x.npz", x=x)
    subprocess.run(
        ["compress-run", module, f"--inputs={directory}/x.npz", *flags,
         f"--outputs={directory}/y.npz"],
        check=True,
    )  # fmt: skip
    return np.load(directory / "y.npz")["y"].astype(np.float64)


def check(directory, number, flags):
    small = directory / f"{number}.mlir"
    subprocess.run(
        ["compress-opt", *flags, directory / "dense.mlir", "-o", small], check=True
    )
    rng = np.random.default_rng(number)
    x = rng.standard_normal((1 + 23 * number % 70, K)).astype(np.float16)
    counters = directory / "counters.json"
    found = run(directory, small, x, "--target=emulated", f"--counters={counters}")
    expected = run(directory, small, x)
    # Of a row of the identity, every product but one is zero: this is the weight.
    weight = run(directory, small, np.identity(K, np.float16))
    # Either sum has k roundings of at most the sum of the magnitudes (Higham,
    # Accuracy and Stability of Numerical Algorithms, section 4.2).
    bound = 2 * K * 2.0**-24 * 1.01 * (np.abs(x.astype(np.float64)) @ np.abs(weight))
    problems = []
    if not np.all(np.abs(found - expected) <= bound):
        problems.append(f"differs by {np.abs(found - expected).max()}")
    if not np.any(expected):
        problems.append("every result is zero")
    kernel = json.loads(counters.read_text())["kernels"][-1]
    # What other kernels have decoded lies in a buffer, which bulk copies read.
    if kernel["name"] not in ("layer_mma", "layer_wgmma") or not kernel["matrixInstructions"]:
        problems.append(f"expected a kernel on tensor cores, found {kernel['name']}")
    if kernel["bankConflicts"]:
        problems.append(f"{kernel['bankConflicts']} bank conflicts")
    for problem in problems:
        print(f"{' '.join(flags)}: {problem}")
    return not problems


def main():
    directory = pathlib.Path(sys.argv[1])
    rng = np.random.default_rng(0)
    weight = (rng.standard_normal((K, N)) / 16).astype(np.float16)
    save_file({"w": weight}, directory / "w.safetensors")
    (directory / "dense.mlir").write_text(MODULE)
    results = [check(directory, number, flags) for number, flags in enumerate(FLAGS)]
    print(f"{len(results)} ways to compress, {results.count(False)} wrong")
    sys.exit(not all(results))


if __name__ == "__main__":
    main()
