#!/usr/bin/env python3
# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Memory and time of folding a big model.

Writes a model whose weights lie in a safetensors file, compresses it with
compress-opt into another safetensors file, and polls the anonymous memory of
the process (RssAnon of /proc/PID/status: pages of a mapped file do not count,
the kernel drops them when memory is short). Fails when the peak is over twice
the largest tensor plus 200 MB, or when an output does not look compressed.
"""

import argparse
import json
import os
import random
import struct
import subprocess
import sys
import tempfile
import time

MIB = 1 << 20
# What the bound leaves for everything that is no weight.
ALLOWANCE = 200 * 1000 * 1000


def make_floats(count):
    """Bytes of `count` finite f32 of both signs, in 0.03 to 0.13."""
    data = bytearray(random.Random(1).randbytes(4 * count))
    # Sign and the upper exponent bits stand in the last byte.
    sign_and_exponent = bytes(0x3D | (byte & 0x80) for byte in range(256))
    data[3::4] = data[3::4].translate(sign_and_exponent)
    return bytes(data)


def write_weights(path, layers, extent, data):
    """Writes the weights of the layers in the range `layers`."""
    size = 4 * extent * extent
    header = {
        f"layer{i}.weight": {
            "dtype": "F32",
            "shape": [extent, extent],
            "data_offsets": [number * size, (number + 1) * size],
        }
        for number, i in enumerate(layers)
    }
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for i in layers:
            # No two weights are equal.
            shift = 4 * (i + 1)
            file.write(data[shift:])
            file.write(data[:shift])


def write_model(path, shards, layers, extent):
    """A chain of linear layers; every other weight is read transposed, as
    PyTorch stores them, and folding must copy it first."""
    rows, square = f"tensor<?x{extent}xf32>", f"tensor<{extent}x{extent}xf32>"
    lines = [f"func.func @main(%x0: {rows}) -> {rows} {{"]
    lines += [
        "  %zero = arith.constant 0.0 : f32",
        "  %c0 = arith.constant 0 : index",
        f"  %batch = tensor.dim %x0, %c0 : {rows}",
        f"  %empty = tensor.empty(%batch) : {rows}",
        f"  %init = linalg.fill ins(%zero : f32) outs(%empty : {rows}) -> {rows}",
    ]
    files = {i: os.path.basename(file) for file, part in shards for i in part}
    for i in range(layers):
        lines.append(
            f"  %w{i} = arith.constant "
            f'#compress.external<"{files[i]}", '
            f'"layer{i}.weight"> : {square}'
        )
        operand = f"%w{i}"
        if i % 2:
            operand = f"%t{i}"
            lines += [
                f"  %e{i} = tensor.empty() : {square}",
                f"  {operand} = linalg.transpose ins(%w{i} : {square}) "
                f"outs(%e{i} : {square}) permutation = [1, 0]",
            ]
        lines.append(
            f"  %x{i + 1} = linalg.matmul ins(%x{i}, {operand} : {rows}, {square}) "
            f"outs(%init : {rows}) -> {rows}"
        )
    lines += [f"  return %x{layers} : {rows}", "}", ""]
    with open(path, "w") as file:
        file.write("\n".join(lines))


def get_anonymous_bytes(pid):
    try:
        with open(f"/proc/{pid}/status") as file:
            for line in file:
                if line.startswith("RssAnon:"):
                    return int(line.split()[1]) * 1024
    except (FileNotFoundError, ProcessLookupError):
        pass  # It has ended.
    return 0


def run_and_watch(command):
    """Runs a command; returns its peak anonymous bytes and its seconds."""
    begin = time.monotonic()
    process = subprocess.Popen(command)
    peak = 0
    while process.poll() is None:
        peak = max(peak, get_anonymous_bytes(process.pid))
        time.sleep(0.002)
    seconds = time.monotonic() - begin
    if process.returncode != 0:
        sys.exit(f"error: {' '.join(command)} ended with {process.returncode}")
    return peak, seconds


def write_files(directory, layers, options):
    """Returns the weight files, named as sharded checkpoints are, and the model."""
    count = min(options.shards, layers)
    data = make_floats(options.extent**2)
    shards = []
    for shard in range(count):
        part = range(shard * layers // count, (shard + 1) * layers // count)
        name = f"model-{shard + 1:05}-of-{count:05}.safetensors" if count > 1 else "model.safetensors"
        shards.append((os.path.join(directory, name), part))
        write_weights(shards[-1][0], part, options.extent, data)
    model = os.path.join(directory, "model.mlir")
    write_model(model, shards, layers, options.extent)
    return [file for file, _ in shards], model


def measure(options, layers, directory):
    weights, model = write_files(directory, layers, options)
    small = os.path.join(directory, "small.mlir")
    small_weights = os.path.join(directory, "small.safetensors")
    peak, seconds = run_and_watch(
        [options.compress_opt, *options.flags.split(), f"--weights-out={small_weights}"]
        + [model, "-o", small]
    )
    result = {
        "flags": options.flags,
        "tensors": layers,
        "largest_tensor_bytes": 4 * options.extent**2,
        "shards": len(weights),
        "dense_bytes": sum(map(os.path.getsize, weights)),
        "compressed_bytes": os.path.getsize(small_weights),
        "seconds": round(seconds, 2),
        "peak_anonymous_bytes": peak,
        "limit_bytes": 2 * 4 * options.extent**2 + ALLOWANCE,
    }
    for path in (*weights, model, small, small_weights):
        os.remove(path)
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--compress-opt", default="build/bin/compress-opt")
    parser.add_argument("--flags", default="--quantize --prune")
    parser.add_argument(
        "--mib",
        type=int,
        nargs="+",
        default=[512, 4096],
        help="sizes of the models, in MiB",
    )
    parser.add_argument(
        "--extent",
        type=int,
        default=4096,
        help="rows and columns of a weight (f32)",
    )
    parser.add_argument("--shards", type=int, default=1, help="weight files of a model")
    parser.add_argument("--directory", help="where to put the files for a while")
    parser.add_argument("--json", help="write the figures there")
    parser.add_argument(
        "--write",
        metavar="DIRECTORY",
        help="only write a model of the first size there, and keep it",
    )
    options = parser.parse_args()

    sizes = [max(1, mib * MIB // (4 * options.extent**2)) for mib in options.mib]
    if options.write:
        os.makedirs(options.write, exist_ok=True)
        write_files(options.write, sizes[0], options)
        return
    results = []
    for layers in sizes:
        with tempfile.TemporaryDirectory(dir=options.directory) as directory:
            results.append(measure(options, layers, directory))

    print("   dense MB   small MB  seconds   MB/s  peak anon MB  limit MB  peak/limit")
    for result in results:
        print(
            f"{result['dense_bytes'] / 1e6:11.1f}{result['compressed_bytes'] / 1e6:11.1f}"
            f"{result['seconds']:9.2f}"
            f"{result['dense_bytes'] / 1e6 / result['seconds']:7.0f}"
            f"{result['peak_anonymous_bytes'] / 1e6:14.1f}"
            f"{result['limit_bytes'] / 1e6:10.1f}"
            f"{result['peak_anonymous_bytes'] / result['limit_bytes']:12.2f}"
        )
    if options.json:
        with open(options.json, "w") as file:
            json.dump({"version": 1, "runs": results}, file, indent=2)
            file.write("\n")
    for result in results:
        if result["peak_anonymous_bytes"] > result["limit_bytes"]:
            sys.exit("error: the peak is over twice the largest tensor plus 200 MB")
        if result["compressed_bytes"] >= result["dense_bytes"]:
            sys.exit("error: the weights that were written are not smaller")
    # Peak memory follows the largest tensor, not the model.
    peaks = [result["peak_anonymous_bytes"] for result in results]
    if max(peaks) - min(peaks) > 2 * 4 * options.extent**2:
        sys.exit("error: the peak grows with the model")


if __name__ == "__main__":
    main()
