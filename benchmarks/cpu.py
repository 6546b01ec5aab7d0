#!/usr/bin/env python3
# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Linear layers on the CPU: shared objects of compress-translate against other runtimes.

  cpu.py --bin DIR [--layers 4096x4096,...] [--rows 1,8,128] [--threads N] [--json FILE]

y = x w for each layer w of K by N and each number of rows of x, all in one process, with
the same weights and as many threads:

  compress     dense f32, w8a8, w8a16, w4a16, nf4, and, pruned without quantization, 2:4
               and 70 % unstructured
  onnxruntime  MatMul of f32, dynamic quantization to int8 by channel, and MatMulNBits of
               4 bits in blocks of 128 (accuracy levels 0 and 4: f32 and int8 products)
  OpenVINO     the same ONNX models
  IREE         linalg.matmul of f32, with data tiling

Peers that are not installed are left out, and said to be. Weights are constants, which
every runtime packs before the first call. Each result is compared with the product in
f64 before anything is timed. Runtimes then take turns: a call that is not timed, which
brings its weights back to the caches, three that are, and a pause in which its threads go
to sleep. Milliseconds are medians; "over dense" is the time of our dense product over the
row's, and "over peer" that of the fastest peer of the same kind.

With --stream, the weights of a chain of layers, more bytes than caches hold, are read by
one row of w4a16, and as many bytes by a sum of integers of our own, in turns: how much of
the memory's speed the product reaches.
"""

import argparse
import ctypes
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
from safetensors.numpy import save_file

VARIANTS = {
    "dense": ([], "dense", 100),
    "w8a8": (["--quantize=w8a8"], "int8", 30),
    "w8a16": (["--quantize=w8a16"], "weights8", 30),
    "w4a16": (["--quantize=w4a16"], "weights4", 12),
    "nf4": (["--quantize=nf4"], "weights4", 12),
    "2:4": (["--prune=2:4"], "sparse", 0),
    "0.7": (["--prune=0.7"], "sparse", 0),
}


class Model:
    """A shared object with one function of an input and an output, both of two dimensions."""

    class Arguments(ctypes.Structure):
        _fields_ = [("x", ctypes.c_void_p), ("x_shape", ctypes.c_int64 * 2),
                    ("y", ctypes.c_void_p), ("y_shape", ctypes.c_int64 * 2)]

    def __init__(self, tools, module, threads):
        library = module.with_suffix(".so")
        run(tools / "compress-translate", "--target=cpu", module, "-o", library)
        self.loaded = ctypes.CDLL(str(library))
        self.call = self.find("main")
        self.model = ctypes.c_void_p()
        self.check(self.find("init")(ctypes.byref(self.model), threads, None))

    def find(self, name):
        function = getattr(self.loaded, f"model_{name}")
        function.restype = ctypes.c_char_p
        return function

    @staticmethod
    def check(error):
        if error:
            sys.exit(error.decode())

    def bind(self, x, y):
        """The call with these arrays."""
        arguments = self.Arguments(x.ctypes.data, x.shape, y.ctypes.data, y.shape)
        self.keep = x, y, arguments

        def call():
            self.check(self.call(self.model, ctypes.byref(arguments)))
            return y
        return call


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stderr[-2000:]}")


def write_chain(path, rows, shapes, weights):
    """Products with weights in a safetensors file beside the module, one after another."""
    save_file(weights, path.with_suffix(".safetensors"))
    lines, value = [], "%x"
    for i, (k, n) in enumerate(shapes):
        y = f"tensor<{rows}x{n}xf32>"
        lines += [
            f'  %w{i} = arith.constant #compress.external<"{path.with_suffix(".safetensors")}", '
            f'"w{i}"> : tensor<{k}x{n}xf32>',
            f"  %e{i} = tensor.empty() : {y}",
            f"  %z{i} = linalg.fill ins(%zero : f32) outs(%e{i} : {y}) -> {y}",
            f"  %y{i} = linalg.matmul ins({value}, %w{i} : tensor<{rows}x{k}xf32>, tensor<{k}x{n}xf32>) "
            f"outs(%z{i} : {y}) -> {y}"]
        value = f"%y{i}"
    k, n = shapes[0][0], shapes[-1][1]
    path.write_text("\n".join(
        [f"func.func @main(%x: tensor<{rows}x{k}xf32>) -> tensor<{rows}x{n}xf32> {{",
         "  %zero = arith.constant 0.0 : f32", *lines,
         f"  return {value} : tensor<{rows}x{n}xf32>", "}"]) + "\n")


def compile_variant(tools, folder, dense, variant, threads):
    folder.mkdir()
    module = folder / "model.mlir"
    run(tools / "compress-opt", *VARIANTS[variant][0], dense, "-o", module)
    return Model(tools, module, threads)


# ----------------------------------------------------------------------------
# Peers
# ----------------------------------------------------------------------------

def write_onnx(folder, rows, w):
    """ONNX models of the product: {kind: path}."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer
    k, n = w.shape
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["y"])], "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [rows, k])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [rows, n])],
        [numpy_helper.from_array(w, "w")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    paths = {"dense": folder / "dense.onnx"}
    onnx.save(model, paths["dense"])
    paths["int8"] = folder / "int8.onnx"
    quantize_dynamic(paths["dense"], paths["int8"], weight_type=QuantType.QInt8, per_channel=True)
    for kind, level in (("weights4", 0), ("weights4, int8 products", 4)):
        quantizer = MatMulNBitsQuantizer(onnx.load(paths["dense"]), bits=4, block_size=128,
                                         is_symmetric=True, accuracy_level=level)
        quantizer.process()
        paths[kind] = folder / f"level{level}.onnx"
        quantizer.model.save_model_to_file(str(paths[kind]))
    return paths


def get_onnxruntime(path, x, threads):
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return lambda: session.run(None, {"x": x})[0]


def get_openvino(path, x, threads):
    import openvino
    model = openvino.Core().compile_model(str(path), "CPU", {
        "INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_PRECISION_HINT": "f32"})
    request = model.create_infer_request()
    request.set_input_tensor(openvino.Tensor(x, shared_memory=True))

    def call():
        request.infer()
        return request.get_output_tensor().data
    return call


def get_iree(x, w, threads):
    import iree.compiler
    import iree.runtime
    rows, k = x.shape
    n = w.shape[1]
    text = f"""
func.func @main(%x: tensor<{rows}x{k}xf32>) -> tensor<{rows}x{n}xf32> {{
  %w = arith.constant dense<"0x{w.tobytes().hex()}"> : tensor<{k}x{n}xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<{rows}x{n}xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<{rows}x{n}xf32>) -> tensor<{rows}x{n}xf32>
  %y = linalg.matmul ins(%x, %w : tensor<{rows}x{k}xf32>, tensor<{k}x{n}xf32>)
      outs(%z : tensor<{rows}x{n}xf32>) -> tensor<{rows}x{n}xf32>
  return %y : tensor<{rows}x{n}xf32>
}}"""
    binary = iree.compiler.compile_str(
        text, target_backends=["llvm-cpu"],
        extra_args=["--iree-llvmcpu-target-cpu=host", "--iree-opt-level=O3"])
    iree.runtime.flags.parse_flags(f"--task_topology_group_count={threads}")
    config = iree.runtime.Config("local-task")
    module = iree.runtime.VmModule.copy_buffer(config.vm_instance, binary)
    context = iree.runtime.SystemContext(config=config)
    context.add_vm_module(module)
    main = context.modules.module.main
    device_x = iree.runtime.asdevicearray(config.device, x)
    return lambda: main(device_x).to_host()


def get_peers(folder, rows, w, x, threads):
    """[(name, kind, call)] of what is installed."""
    peers = []

    def add(name, kind, make):
        try:
            peers.append((name, kind, make()))
        except ImportError as error:
            print(f"{name} is not measured: {error}")
        except Exception as error:  # What a peer cannot do, its own messages say.
            print(f"{name}, {kind}, is not measured: {str(error).strip().splitlines()[0][:120]}")
    try:
        paths = write_onnx(folder, rows, w)
    except ImportError as error:
        print(f"onnxruntime and OpenVINO are not measured: {error}")
        paths = {}
    for kind, path in paths.items():
        add("onnxruntime", kind, lambda: get_onnxruntime(path, x, threads))
        add("OpenVINO", kind, lambda: get_openvino(path, x, threads))
    add("IREE", "dense", lambda: get_iree(x, w, threads))
    return peers


# ----------------------------------------------------------------------------
# Measuring
# ----------------------------------------------------------------------------

def measure(calls, rounds):
    """Medians in milliseconds of calls that take turns."""
    times = [[] for _ in calls]
    for _ in range(rounds):
        for call, some in zip(calls, times):
            call()
            for _ in range(3):
                start = time.perf_counter()
                call()
                some.append(1e3 * (time.perf_counter() - start))
            time.sleep(0.003)
    return [statistics.median(some) for some in times]


def get_signal(found, expected):
    """Signal-to-noise ratio in dB."""
    noise = np.sum((found - expected) ** 2, dtype=np.float64)
    return 10 * np.log10(np.sum(expected ** 2, dtype=np.float64) / max(noise, 1e-300))


def bench_layer(options, folder, rows, w):
    k, n = w.shape
    rng = np.random.default_rng(1)
    x = rng.standard_normal((rows, k)).astype(np.float32)
    expected = x.astype(np.float64) @ w.astype(np.float64)
    dense = folder / "source.mlir"
    write_chain(dense, rows, [(k, n)], {"w0": w})
    entries = []
    for variant, (_, kind, _) in VARIANTS.items():
        model = compile_variant(options.bin, folder / variant.replace(":", "_"), dense, variant,
                                options.threads)
        y = np.empty((rows, n), np.float32)
        entries.append((f"compress {variant}", kind, model.bind(x, y)))
    entries += get_peers(folder, rows, w, x, options.threads)
    for name, kind, call in entries:
        signal = get_signal(np.array(call()), expected)
        least = next(least for _, other, least in VARIANTS.values() if kind.startswith(other))
        if signal < least:
            sys.exit(f"{name}, {kind}: expected {least} dB, found {signal:.1f}")
    times = measure([call for _, _, call in entries], options.rounds)
    results = []
    ours = times[0]
    for (name, kind, _), milliseconds in zip(entries, times):
        peers = [t for (other, same, _), t in zip(entries, times)
                 if not other.startswith("compress") and same.split(",")[0] == kind]
        results.append(dict(
            layer=f"{k}x{n}", rows=rows, name=name, kind=kind, milliseconds=milliseconds,
            over_dense=ours / milliseconds,
            over_peer=min(peers) / milliseconds
            if peers and name.startswith("compress") else None))
    return results


def bench_stream(options, folder):
    """Bytes a second of w4a16 with one row, and of reading, in turns."""
    extent, layers = 4096, options.stream
    rng = np.random.default_rng(2)
    weights = {f"w{i}": (rng.standard_normal((extent, extent)) / 64).astype(np.float32)
               for i in range(layers)}
    source = folder / "source.mlir"
    write_chain(source, 1, [(extent, extent)] * layers, weights)
    model = compile_variant(options.bin, folder / "w4a16", source, "w4a16", options.threads)
    size = layers * extent * (extent // 2 + extent // 128 * 2)
    words = size // 4 // 4096
    reader = folder / "read" / "model.mlir"
    reader.parent.mkdir()
    reader.write_text(f"""
func.func @main(%x: tensor<{words}x4096xi32>) -> tensor<{words}x1xi32> {{
  %zero = arith.constant 0 : i32
  %e = tensor.empty() : tensor<{words}x1xi32>
  %z = linalg.fill ins(%zero : i32) outs(%e : tensor<{words}x1xi32>) -> tensor<{words}x1xi32>
  %y = linalg.generic {{indexing_maps = [affine_map<(i, u, j) -> (i, j)>, affine_map<(i, u, j) -> (i, u)>],
      iterator_types = ["parallel", "parallel", "reduction"]}}
      ins(%x : tensor<{words}x4096xi32>) outs(%z : tensor<{words}x1xi32>) {{
  ^bb0(%a: i32, %b: i32):
    %0 = arith.addi %a, %b : i32
    linalg.yield %0 : i32
  }} -> tensor<{words}x1xi32>
  return %y : tensor<{words}x1xi32>
}}
""")
    read = Model(options.bin, reader, options.threads)
    x = np.ones((1, extent), np.float32)
    product = model.bind(x, np.empty((1, extent), np.float32))
    source = np.ones((words, 4096), np.int32)
    reading = read.bind(source, np.empty((words, 1), np.int32))
    if int(reading()[0, 0]) != 4096:
        sys.exit("the sum of what was read is wrong")
    product()
    times = measure([product, reading], options.rounds)
    return dict(megabytes=size / 1e6, product_gb_s=size / times[0] / 1e6,
                read_gb_s=words * 4096 * 4 / times[1] / 1e6,
                over_read=times[1] / times[0] * size / (words * 4096 * 4))


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, default=pathlib.Path("build/bin"))
    parser.add_argument("--layers", default="4096x4096,4096x11008", help="K x N of each")
    parser.add_argument("--rows", default="1,8,128")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--stream", type=int, default=0, metavar="LAYERS",
                        help="layers of 4096x4096 in a chain that is read; 32 are 270 MB")
    parser.add_argument("--json")
    options = parser.parse_args()
    options.bin = options.bin.resolve()
    results = []
    for layer in filter(None, options.layers.split(",")):
        k, n = map(int, layer.split("x"))
        w = (np.random.default_rng(0).standard_normal((k, n)) / 64).astype(np.float32)
        for rows in map(int, options.rows.split(",")):
            with tempfile.TemporaryDirectory() as scratch:
                some = bench_layer(options, pathlib.Path(scratch), rows, w)
            print(f"\n{layer}, rows: {rows}\n{'':32}{'ms':>10}{'over dense':>12}{'over peer':>12}")
            for row in some:
                name = row["name"] if row["name"].startswith("compress") else f"{row['name']} {row['kind']}"
                peer = f"{row['over_peer']:12.2f}" if row["over_peer"] else f"{'':>12}"
                print(f"{name:32}{row['milliseconds']:10.3f}{row['over_dense']:12.2f}{peer}")
            results += some
    stream = None
    if options.stream:
        with tempfile.TemporaryDirectory() as scratch:
            stream = bench_stream(options, pathlib.Path(scratch))
        print("\nw4a16, one row, {megabytes:.0f} MB of weights: {product_gb_s:.1f} GB/s, read "
              "{read_gb_s:.1f} GB/s, ratio {over_read:.2f}".format(**stream))
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(
            dict(version=1, threads=options.threads, rows=results, stream=stream), indent=2) + "\n")


if __name__ == "__main__":
    main()
