#!/usr/bin/env python3
# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Time of the emulator for one tile of each family of kernels.

  emulator.py [--runs=9] [FAMILY...]

Runs a tile of 128x128x256 (of 64 rows, where a family has no more) on the emulated
GPU, with checks and without them in turn, and prints medians and their ratio to the
limits of 500 and 100 ms, above 1 where a limit is passed. Needs compress-opt and
compress-run on PATH.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

LIMITS = {"true": 500.0, "false": 100.0}

MAPS = "[affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]"


def function(op, x, w, y, attributes=""):
    return f"""func.func @tile(%x: tensor<{x}>, %w: {w}) -> tensor<{y}> {{
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<{y}>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<{y}>) -> tensor<{y}>
  %0 = {op}{attributes} ins(%x, %w : tensor<{x}>, {w}) outs(%fill : tensor<{y}>) -> tensor<{y}>
  return %0 : tensor<{y}>
}}
"""


def product(element, schedule):
    attributes = f" {{compress_kernel.schedule = #compress_kernel.{schedule}}}" if schedule else ""
    return function(
        "linalg.matmul", f"128x256x{element}", f"tensor<256x128x{element}>", "128x128xf32", attributes
    )


def packed(storage, rows, schedule):
    """A contraction whose weight is packed when the module is compiled."""
    kind = f"!compress.tensor<256x128xf16, #compress.scheme<storage = {storage}>>"
    return f"""func.func @tile(%x: tensor<{rows}x256xf16>) -> tensor<{rows}x128xf32> {{
  %dense = arith.constant dense<0.25> : tensor<256x128xf16>
  %w = compress.encode %dense : tensor<256x128xf16> -> {kind}
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<{rows}x128xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<{rows}x128xf32>) -> tensor<{rows}x128xf32>
  %0 = compress.contract {MAPS} ins(%x, %w : tensor<{rows}x256xf16>, {kind}) outs(%fill : tensor<{rows}x128xf32>)
      {{compress_kernel.schedule = #compress_kernel.{schedule}}}
  return %0 : tensor<{rows}x128xf32>
}}
"""


MMA = "mma_sync<tile = [128, 128, 64], warps = [2, 4], stages = 3>"
WGMMA = "wgmma<tile = [128, 128, 64], consumers = 2, stages = 4>"
MMA_TF32 = "mma_sync<tile = [128, 128, 32], warps = [2, 4], stages = 3>"
WGMMA_DECODE = "wgmma_decode<tile = [128, 128], consumers = 2, stages = 4>"
STREAM = "stream<tile = [64, 128], warps = [4, 2], stages = 4>"
INT4 = "#compress.affine<i4, block = [128, 1], scale = f16>"
INT8 = "#compress.affine<i8, block = [*, 1], scale = f16>"
NF4 = "#compress.codebook<nf4, block = [64, 1], scale = f16>"


def convolution(schedule):
    attributes = f" {{compress_kernel.schedule = #compress_kernel.{schedule}, dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>}}"
    return function(
        "linalg.conv_2d_nhwc_hwcf", "1x17x9x64xf16", "tensor<2x2x64x128xf16>", "1x16x8x128xf32",
        attributes,
    )  # fmt: skip


FAMILIES = {
    "f16 by mma.sync": ("sm_80", product("f16", MMA)),
    "f16 by wgmma": ("sm_90a", product("f16", WGMMA)),
    "f16 convolution by mma.sync": ("sm_80", convolution(MMA)),
    "f16 convolution by wgmma": ("sm_90a", convolution(WGMMA)),
    "int4 streamed, 64 rows": ("sm_80", packed(INT4, 64, STREAM)),
    "int8 streamed, 64 rows": ("sm_80", packed(INT8, 64, STREAM)),
    "nf4 streamed, 64 rows": ("sm_80", packed(NF4, 64, STREAM)),
    "int4 decoded for wgmma": ("sm_90a", packed(INT4, 128, WGMMA_DECODE)),
    "int8 decoded for wgmma": ("sm_90a", packed(INT8, 128, WGMMA_DECODE)),
    "tf32 by mma.sync": ("sm_80", product("f32", MMA_TF32)),
    "f32": ("sm_80", product("f32", None)),
}


def run(*command):
    result = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if result.returncode:
        sys.exit(f"{command[0]} failed")


def measure(name, directory, runs):
    chip, text = FAMILIES[name]
    source, module, table = (directory / file for file in ("dense.mlir", "tile.mlir", "times.json"))
    source.write_text(text)
    run("compress-opt", "--compress-fold", source, "-o", module)
    times = {checks: [] for checks in LIMITS}
    for _ in range(runs):
        for checks, measured in times.items():
            run(
                "compress-run", module, "--target=emulated", f"--chip={chip}", f"--checks={checks}",
                "--bench=1", f"--json={table}", *(["--tf32"] if "tf32" in name else []),
            )  # fmt: skip
            measured.append(json.loads(table.read_text())["milliseconds"]["module"])
    return {checks: statistics.median(measured) for checks, measured in times.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("families", nargs="*", default=list(FAMILIES))
    arguments = parser.parse_args()
    for name in arguments.families:
        if name not in FAMILIES:
            sys.exit(f"no family '{name}'; expected some of: {', '.join(FAMILIES)}")
    print(f"{'one block of':36} {'checks, ms':>10} {'of 500':>8} {'none, ms':>10} {'of 100':>8}")
    with tempfile.TemporaryDirectory() as scratch:
        for name in arguments.families:
            times = measure(name, pathlib.Path(scratch), arguments.runs)
            cells = "".join(f" {times[c]:10.1f} {times[c] / LIMITS[c]:8.2f}" for c in LIMITS)
            print(f"{name:36}{cells}", flush=True)


if __name__ == "__main__":
    main()
