#!/usr/bin/env python3
# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Weight quantization against round-to-nearest in NumPy and onnxruntime.

Quantizes the same f32 weights, interleaved in one run, and prints median seconds,
GB/s of f32 read, and how many times as long as compress-opt and the codec each takes:

  int8, one scale per output channel:  compress-opt --quantize=w8a16 (folding from
      and to safetensors files), NumPy (maximum, division, rint, clip), and
      onnxruntime.quantization.quant_utils.quantize_data, channel by channel
  int4, groups of 128:  compress-opt --quantize=w4a16, NumPy, and onnxruntime's
      native quantize_matmul_4bits with symmetric blocks of 128

The peers work on arrays in memory; compress-opt's time is that of the whole process,
with reading and writing its files. The codec alone, in memory on all threads, is timed by
compress-bench-codec in between, on as many weights of the same shape. onnxruntime is
left out, and said to be, when it is not installed.
"""

import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time

import numpy as np
from fold import write_model
from safetensors.numpy import save_file


# Rows and columns of a weight, and the codec's names of what is compared.
EXTENT = 4096
CODEC = {"int8": "i8 per column", "int4": "i4 groups of 128 rows"}


def time_codec(program, name, weights):
    """Seconds that the codec takes for so many weights."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        subprocess.run([program, "--rounds=3", f"--filter={name}", f"--json={file.name}"],
                       check=True, stdout=subprocess.DEVNULL)
        rows = json.load(file)["rows"]
    (row,) = [r for r in rows if r["name"] == name and r["shape"] == f"{EXTENT}x{EXTENT}"]
    return row["encode_seconds"] * weights


def numpy_int8(weights):
    for weight in weights:
        scale = np.abs(weight).max(axis=0, keepdims=True) / np.float32(127)
        np.clip(np.rint(weight / scale), -128, 127).astype(np.int8)


def numpy_int4(weights, group=128):
    for weight in weights:
        rows, columns = weight.shape
        blocks = weight.reshape(rows // group, group, columns)
        scale = np.abs(blocks).max(axis=1, keepdims=True) / np.float32(7)
        codes = np.clip(np.rint(blocks / scale), -8, 7).astype(np.int8).reshape(rows, columns)
        (codes[:, 0::2] & 15) | (codes[:, 1::2] << 4)


def get_onnxruntime():
    """The two quantizers of onnxruntime, or none."""
    try:
        import onnx
        from onnxruntime.capi._pybind_state import quantize_matmul_4bits
        from onnxruntime.quantization.quant_utils import quantize_data
    except ImportError as error:
        print(f"onnxruntime is not measured: {error}")
        return {}

    def int8(weights):
        for weight in weights:
            for column in range(weight.shape[1]):
                quantize_data(weight[:, column], onnx.TensorProto.INT8, symmetric=True)

    def int4(weights, group=128):
        for weight in weights:
            rows, columns = weight.shape
            blocks = (rows + group - 1) // group
            packed = np.zeros((columns, blocks, group // 2), dtype=np.uint8)
            scales = np.zeros(columns * blocks, dtype=np.float32)
            zeros = np.zeros(columns * ((blocks + 1) // 2), dtype=np.uint8)
            quantize_matmul_4bits(packed, weight, scales, zeros, group, columns, rows, True)

    return {"int8": int8, "int4": int4}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compress-opt", default="build/bin/compress-opt")
    parser.add_argument("--bench-codec", default="build/bin/compress-bench-codec")
    parser.add_argument("--weights", type=int, default=8, help="number of weights")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", help="write the figures there")
    options = parser.parse_args()

    rng = np.random.default_rng(0)
    shape = (EXTENT, EXTENT)
    weights = [rng.standard_normal(shape, dtype=np.float32) for _ in range(options.weights)]
    peers = get_onnxruntime()
    with tempfile.TemporaryDirectory() as directory:
        file = os.path.join(directory, "model.safetensors")
        save_file({f"layer{i}.weight": weight for i, weight in enumerate(weights)}, file)
        model = os.path.join(directory, "model.mlir")
        write_model(model, [(file, range(options.weights))], options.weights, EXTENT)

        def compress(preset):
            def run(_):
                out = os.path.join(directory, "small")
                subprocess.run([options.compress_opt, f"--quantize={preset}", f"--weights-out={out}.safetensors",
                                model, "-o", f"{out}.mlir"], check=True)
            return run

        ways = {
            "int8": {"compress": compress("w8a16"), "numpy": numpy_int8},
            "int4": {"compress": compress("w4a16"), "numpy": numpy_int4},
        }
        for kind, peer in peers.items():
            ways[kind]["onnxruntime"] = peer
        seconds = {kind: {name: [] for name in named} for kind, named in ways.items()}
        for _ in range(options.runs):
            for kind, named in ways.items():
                for name, way in named.items():
                    begin = time.monotonic()
                    way(weights)
                    seconds[kind][name].append(time.monotonic() - begin)
                codec = time_codec(options.bench_codec, CODEC[kind], options.weights)
                seconds[kind].setdefault("codec", []).append(codec)

    size = sum(weight.nbytes for weight in weights)
    results = []
    print("storage  quantizer     seconds   GB/s  over compress-opt  over the codec")
    for kind, named in seconds.items():
        ours, codec = (statistics.median(named[name]) for name in ("compress", "codec"))
        for name, times in named.items():
            median = statistics.median(times)
            results.append({"storage": kind, "quantizer": name, "seconds": median,
                            "over_compress_opt": median / ours, "over_codec": median / codec})
            print(f"{kind:8} {name:12}{median:9.3f}{size / median / 1e9:7.2f}"
                  f"{median / ours:18.1f}{median / codec:16.1f}")
    if options.json:
        with open(options.json, "w") as file:
            json.dump({"version": 1, "bytes": size, "results": results}, file, indent=2)
            file.write("\n")


if __name__ == "__main__":
    main()
