#!/usr/bin/env python3
# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compile time over the number of layers.

Runs compress-opt on the same chain of linear layers at 1x, 4x and 16x its length,
interleaved, and prints the median seconds of processor time of each, less those of
the tool's start, with the ratio to the linear prediction. Weights are small, so
that the time is the compiler's and not the codec's. Processor time counts all
threads, and changes little when the machine has other work. Fails when 16x takes over
twice what 16 times 1x would, unless 1x takes less than 10 ms, which starts vary by.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

FACTORS = (1, 4, 16)


def write_model(path, layers, extent):
    """Linear layers with a bias and a rectifier; no two weights are equal."""
    rows, square = f"tensor<?x{extent}xf32>", f"tensor<{extent}x{extent}xf32>"
    lines = [
        "#id = affine_map<(m, n) -> (m, n)>",
        "#col = affine_map<(m, n) -> (n)>",
        f"func.func @main(%x0: {rows}) -> {rows} {{",
        "  %zero = arith.constant 0.0 : f32",
        "  %c0 = arith.constant 0 : index",
        f"  %batch = tensor.dim %x0, %c0 : {rows}",
        f"  %empty = tensor.empty(%batch) : {rows}",
        f"  %init = linalg.fill ins(%zero : f32) outs(%empty : {rows}) -> {rows}",
    ]
    for i in range(layers):
        weight = ", ".join(
            "[" + ", ".join(f"{(i * 31 + r * 7 + c * 3) % 97 / 97 - 0.5:.6f}" for c in range(extent)) + "]"
            for r in range(extent)
        )
        bias = ", ".join(f"{(i + c) % 5 / 5:.3f}" for c in range(extent))
        lines += [
            f"  %w{i} = arith.constant dense<[{weight}]> : {square}",
            f"  %b{i} = arith.constant dense<[{bias}]> : tensor<{extent}xf32>",
            f"  %y{i} = linalg.matmul ins(%x{i}, %w{i} : {rows}, {square}) outs(%init : {rows}) -> {rows}",
            f"  %x{i + 1} = linalg.generic {{indexing_maps = [#id, #col, #id], iterator_types = "
            f'["parallel", "parallel"]}} ins(%y{i}, %b{i} : {rows}, tensor<{extent}xf32>) outs(%empty : {rows}) {{',
            "  ^bb0(%a: f32, %b: f32, %o: f32):",
            "    %s = arith.addf %a, %b : f32",
            "    %r = arith.maximumf %s, %zero : f32",
            "    linalg.yield %r : f32",
            f"  }} -> {rows}",
        ]
    lines += [f"  return %x{layers} : {rows}", "}", ""]
    with open(path, "w") as file:
        file.write("\n".join(lines))


def measure(command):
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return usage.ru_utime + usage.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compress-opt", default="build/bin/compress-opt")
    parser.add_argument("--flags", default="--quantize=w4a16 --prune")
    parser.add_argument("--layers", type=int, default=32, help="layers of the 1x model")
    parser.add_argument("--extent", type=int, default=16, help="rows and columns of a weight")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", help="write the figures there")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as directory:
        models = {factor: os.path.join(directory, f"{factor}.mlir") for factor in FACTORS}
        for factor, model in models.items():
            write_model(model, factor * options.layers, options.extent)
        empty = os.path.join(directory, "empty.mlir")
        with open(empty, "w"):
            pass
        seconds = {factor: [] for factor in FACTORS}
        starts = []
        for _ in range(options.runs):
            starts.append(measure([options.compress_opt, empty]))
            for factor, model in models.items():
                seconds[factor].append(measure([options.compress_opt, *options.flags.split(), model]))
    start = statistics.median(starts)
    medians = {factor: statistics.median(times) - start for factor, times in seconds.items()}

    print("factor  layers  seconds  over linear")
    # The shortest chains can take less than the start varies.
    comparable = medians[1] >= 0.01
    medians = {factor: max(median, 1e-3) for factor, median in medians.items()}
    for factor, median in medians.items():
        print(f"{factor:5}x{factor * options.layers:8}{median:9.3f}{median / (factor * medians[1]):13.2f}")
    if options.json:
        with open(options.json, "w") as file:
            json.dump({"version": 1, "flags": options.flags, "start": start,
                       "seconds": {str(factor): median for factor, median in medians.items()}}, file, indent=2)
            file.write("\n")
    if comparable and medians[16] > 2 * 16 * medians[1]:
        sys.exit("error: 16 times the layers take over 32 times the time")


if __name__ == "__main__":
    main()
