"""Runs products with packed weights as kernels on the emulator.

  packed_kernels.py DIRECTORY

Few and many rows, dynamic and static, ragged channels and depths, weights in both
orders, 4 and 8 bits with and without zero points, groups and whole channels, scales of
the weight's type and of f32, both result types, batches; a bias, an activation, a
residual and a conversion behind the product. What must hold beside the numbers: no
fault with all checks on, copies in any order, no bank conflict, each byte of the weight
loaded once, and no kernel more than the product, or its parts, need.
"""

import json
import pathlib
import re
import subprocess
import sys
from dataclasses import dataclass

import ml_dtypes
import numpy as np
from safetensors.numpy import save_file

TYPES = {"f16": np.float16, "bf16": ml_dtypes.bfloat16, "f32": np.float32}
# What ml_dtypes calls floats of 8 bits.
FLOATS = {"f8E4M3FN": "float8_e4m3fn", "f8E5M2": "float8_e5m2"}
# Bits of a significand, the leading one included.
PRECISION = {"f16": 11, "bf16": 8, "f32": 24}


@dataclass
class Case:
    rows: int
    depth: int
    channels: int
    rule: str
    dtype: str = "f16"
    result: str = "f32"
    transposed: bool = False
    dynamic: bool = False
    batch: int = 0
    chip: str = "sm_80"
    start: float = 0.0
    schedule: str = ""
    # Whether max(y + bias, 0) + residual, as f16, follows.
    tail: bool = False
    # Whether the product is computed in parts, which a second kernel adds.
    parts: bool = False


W4, W8, FP8 = "preset: w4a16, group_size:", "preset: w8a16", "preset: fp8"
CASES = [
    Case(1, 256, 128, f"{W4} 128"),
    Case(1, 4096, 32, f"{W4} 128", parts=True),
    Case(8, 256, 64, f"{W4} 64", tail=True),
    Case(6, 128, 64, f"{W4} 64", tail=True, batch=3, dynamic=True, start=0.25),
    Case(19, 200, 72, W8, tail=True, dtype="bf16", chip="sm_90a"),
    Case(1, 4096, 32, f"{W4} 128", tail=True, parts=True),
    Case(2, 4096, 32, f"{W4} 128", tail=True, batch=2, parts=True),
    Case(2, 328, 77, f"{W4} 32", result="f16"),
    Case(3, 192, 96, f"{W4} 64, symmetric: false", transposed=True, chip="sm_90a"),
    Case(5, 1000, 33, f"{W4} 48, symmetric: false", dynamic=True),
    Case(8, 256, 64, f"{W4} 64, scale_dtype: bf16", dtype="bf16"),
    Case(16, 257, 136, f"{W4} 16, symmetric: false", dtype="bf16", result="bf16"),
    Case(16, 512, 256, f"{W4} 128", chip="sm_90a", start=0.5),
    Case(17, 320, 96, f"{W4} 32", transposed=True, dynamic=True, chip="sm_90a"),
    Case(33, 640, 48, "preset: w4a16, strategy: channel, scale_dtype: f32", result="f16", parts=True),
    Case(64, 256, 264, f"{W4} 64"),
    Case(100, 192, 64, f"{W4} 64", dynamic=True),
    Case(6, 128, 64, f"{W4} 64", batch=3, dynamic=True),
    Case(1, 256, 96, W8),
    Case(3, 200, 45, f"{W8}, symmetric: false", dynamic=True, result="f16"),
    Case(8, 320, 64, f"{W8}, symmetric: false, scale_dtype: bf16", dtype="bf16"),
    Case(16, 256, 128, f"{W8}, scale_dtype: f16", chip="sm_90a"),
    Case(33, 136, 72, f"{W8}", dtype="bf16", transposed=True, result="bf16"),
    Case(64, 512, 64, f"{W8}, strategy: group, group_size: 32, symmetric: false"),
    Case(4, 192, 64, "preset: nf4"),
    Case(20, 250, 50, "preset: nf4, group_size: 32", dtype="bf16", chip="sm_90a"),
    Case(7, 256, 64, "preset: mxfp4", dynamic=True, result="f16"),
    Case(4, 192, 72, "preset: mxfp4, scale_dtype: f16"),
    Case(2, 256, 64, FP8),
    Case(9, 130, 72, f"{FP8}, scale_dtype: f16", dynamic=True, result="f16", chip="sm_90a"),
    Case(33, 200, 40, f"{FP8}, strategy: group, group_size: 48", dtype="bf16", transposed=True),
    Case(5, 256, 64, f"{FP8}, strategy: tensor, scale_dtype: bf16", dtype="bf16", result="bf16"),
    Case(8, 256, 96, f"{FP8}, type: float_e5m2"),
    Case(16, 136, 64, f"{FP8}, type: float_e5m2, scale_dtype: f16", transposed=True, dynamic=True),
    Case(3, 320, 64, f"{FP8}, type: float_e5m2, strategy: block", dtype="bf16", chip="sm_90a"),
    Case(8, 256, 64, "preset: mxfp8"),
    Case(20, 250, 50, "preset: mxfp8", dtype="bf16", result="bf16", chip="sm_90a"),
    Case(8, 256, 64, "preset: nvfp4"),
    Case(3, 192, 72, f"{W4} 64, strategy: tensor_group, scale_dtype: f8E5M2, symmetric: false"),
    Case(17, 200, 88, "preset: nvfp4", dtype="bf16", transposed=True),
    Case(5, 192, 72, "preset: kmeans4"),
    Case(33, 250, 50, "preset: kmeans4, scale_dtype: f32", dtype="bf16", transposed=True),
    Case(12, 320, 72, "preset: kmeans4, strategy: tensor, type: quantile", dynamic=True, result="f16"),
]


def module(case, rows, dynamic):
    """The product; bf16 results are widened, and bf16 activations are constants:
    array files hold neither."""
    matrix = (case.channels, case.depth) if case.transposed else (case.depth, case.channels)
    batch = [str(case.batch)] if case.batch else []
    count = "?" if dynamic else str(rows)
    tensor = lambda sizes, dtype: f"tensor<{'x'.join(map(str, sizes))}x{dtype}>"
    x = tensor([*batch, count, case.depth], case.dtype)
    w = tensor(matrix, case.dtype)
    y = tensor([*batch, count, case.channels], case.result)
    out = y.replace("f32", "f16") if case.tail else y.replace("bf16", "f32")
    size = f"  %m = tensor.dim %x, %c{len(batch)} : {x}\n" if dynamic else ""
    bind = 'compress.name = "x"'
    bias = tensor([case.channels], "f32")
    if case.dtype == "bf16":
        bind = f'compress.external = #compress.external<"x.safetensors", "x"> : {x}'
    dims = ["b"] * bool(batch) + ["m", "n", "k"]
    access = lambda order: f"affine_map<({', '.join(dims)}) -> ({', '.join(order)})>"
    lead = dims[: len(batch)]
    maps = ", ".join(
        access(order)
        for order in (lead + ["m", "k"], ["n", "k"] if case.transposed else ["k", "n"],
                      lead + ["m", "n"])  # fmt: skip
    )
    iterators = ", ".join('"reduction"' if d == "k" else '"parallel"' for d in dims)
    extends = case.result != case.dtype
    extend = "".join(
        f"    %{v}x = arith.extf %{v} : {case.dtype} to {case.result}\n" for v in "ab" if extends
    )
    suffix = "x" if extends else ""
    widen = f"  %out = arith.extf %y : {y} to {out}\n" if case.result == "bf16" else ""
    others = ""
    if case.tail:
        others = f""", %bias: {bias} {{compress.name = "bias"}}, %residual: {out} {{compress.name = "residual"}}"""
        outer = f"affine_map<({', '.join(dims[:-1])}) -> ({', '.join(dims[:-1])})>"
        along = f"affine_map<({', '.join(dims[:-1])}) -> (n)>"
        parallel = ", ".join(['"parallel"'] * len(dims[:-1]))
        widen = f"""  %zero = arith.constant 0.0 : f32
  %space = tensor.empty({"%m" if dynamic else ""}) : {out}
  %out = linalg.generic {{indexing_maps = [{outer}, {along}, {outer}, {outer}], iterator_types = [{parallel}]}}
      ins(%y, %bias, %residual : {y}, {bias}, {out}) outs(%space : {out}) {{
  ^bb0(%a: f32, %b: f32, %c: f16, %o: f16):
    %s = arith.addf %a, %b : f32
    %r = arith.maximumf %s, %zero : f32
    %e = arith.extf %c : f16 to f32
    %t = arith.addf %r, %e : f32
    %h = arith.truncf %t : f32 to f16
    linalg.yield %h : f16
  }} -> {out}
"""
    return f"""func.func @layer(%x: {x} {{{bind}}}{others}) -> ({out} {{compress.name = "y"}}) {{
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %start = arith.constant {case.start} : {case.result}
  %w = arith.constant #compress.external<"w.safetensors", "w"> : {w}
{size}  %empty = tensor.empty({"%m" if dynamic else ""}) : {y}
  %fill = linalg.fill ins(%start : {case.result}) outs(%empty : {y}) -> {y}
  %y = linalg.generic {{indexing_maps = [{maps}], iterator_types = [{iterators}]}}
      ins(%x, %w : {x}, {w}) outs(%fill : {y}) {{
  ^bb0(%a: {case.dtype}, %b: {case.dtype}, %c: {case.result}):
{extend}    %p = arith.mulf %a{suffix}, %b{suffix} : {case.result}
    %s = arith.addf %c, %p : {case.result}
    linalg.yield %s : {case.result}
  }} -> {y}
{widen}  return {"%out" if widen else "%y"} : {out}
}}
"""


def run(directory, case, x, dynamic, *flags, **others):
    dense, small = directory / "dense.mlir", directory / "small.mlir"
    dense.write_text(module(case, x.shape[-2], dynamic))
    command = ["compress-run", small, *flags, f"--outputs={directory}/y.npz"]
    if case.dtype == "bf16":
        save_file({"x": x}, directory / "x.safetensors")
    else:
        others["x"] = x
    if others:
        np.savez(directory / "x.npz", **others)
        command.append(f"--inputs={directory}/x.npz")
    subprocess.run(
        ["compress-opt", f"--quantize={{{case.rule}}}", dense, "-o", small], check=True
    )
    if case.schedule:
        # The op's own, since compressing makes a new op.
        text, count = re.subn(
            r"(compress\.contract .*\{)", rf"\1compress_kernel.schedule = {case.schedule}, ",
            small.read_text(),
        )  # fmt: skip
        assert count == 1, text
        small.write_text(text)
    subprocess.run(command, check=True)
    return np.load(directory / "y.npz")["y"].astype(np.float64)


def inspect(case, kernels):
    """What the counters say against the product's kernel."""
    names = [kernel["name"] for kernel in kernels]
    product = "layer_wgmma_decode" if "wgmma" in case.schedule else "layer_stream"
    expected = [product, "layer_point"][: 1 + case.parts]
    if names != expected:
        return [f"expected the kernels {expected}, found {names}"]
    kernel = kernels[0]
    problems = []
    if not kernel["matrixInstructions"]:
        problems.append("no matrix instruction")
    if kernel["bankConflicts"]:
        problems.append(f"{kernel['bankConflicts']} bank conflicts")
    # With parameters along the channels, lines of whole sectors, and one tile of rows,
    # memory gives each byte of the weight once, each block loads all activations once,
    # and each step 64 positions' parameters.
    if case.transposed or case.channels % 32 or case.depth % 64:
        return problems
    if "wgmma" not in case.schedule and case.rows > 8:
        return problems
    bits = 8 if "w8" in case.rule or "fp8" in case.rule else 4
    weight = case.depth * case.channels * bits // 8
    blocks = kernel["blocks"]
    inputs = blocks * case.rows * max(case.batch, 1) * case.depth * 2
    words = 4 if case.rule in (W8, FP8, "preset: nf4") or "f32" in case.rule else 2
    groups = max(case.depth // 64, 1) * (4 if "nvfp4" in case.rule else 1)
    parameters = groups * case.channels * words * (2 if "symmetric" in case.rule else 1)
    if case.schedule:
        # Each tile of rows loads the weight, each tile of channels the activations; the
        # parameters of the step after the last one are loaded in vain, and whole tiles' are.
        tile = map(int, re.findall(r"\[(\d+), (\d+)\]", case.schedule)[0])
        bands, strips = (-(-a // b) for a, b in zip((case.rows, case.channels), tile))
        weight *= bands
        inputs = strips * case.rows * case.depth * 2
        sets = 4 if "nvfp4" in case.rule else 2 if "mx" in case.rule or "size: 32" in case.rule else 1
        splits = int((re.findall(r"splits = (\d+)", case.schedule) or [1])[0])
        lines = bands * (case.depth // 64 + splits) * sets
        parameters = lines * (case.channels + 64) * words * (2 if "symmetric" in case.rule else 1)
        is_half = not case.parts and (case.tail or case.result == "f16")
        results = splits * case.rows * case.channels * (2 if is_half else 4)
        if kernel["globalStoreBytes"] != results:
            problems.append(f"{kernel['globalStoreBytes']} bytes stored, {results} needed")
    needed = weight + inputs + parameters
    if case.tail and not case.parts:
        needed += case.rows * max(case.batch, 1) * case.channels * (4 + 2)
    if kernel["globalLoadBytes"] > 1.05 * needed:
        problems.append(f"{kernel['globalLoadBytes']} bytes loaded, {needed} needed")
    return problems


def check(directory, number, case, inspect=inspect):
    rng = np.random.default_rng(number)
    shape = (case.channels, case.depth) if case.transposed else (case.depth, case.channels)
    weight = (rng.standard_normal(shape) / 16).astype(TYPES[case.dtype])
    save_file({"w": weight}, directory / "w.safetensors")
    batch = (case.batch,) if case.batch else ()
    x = rng.standard_normal((*batch, case.rows, case.depth)).astype(TYPES[case.dtype])
    # Of a row of the identity, every product but one is zero: this is the weight.
    plain = Case(0, case.depth, case.channels, case.rule, case.dtype, transposed=case.transposed)
    decoded = run(directory, plain, np.identity(case.depth, x.dtype), False)
    counters = directory / "counters.json"
    flags = ["--target=emulated", f"--chip={case.chip}", f"--counters={counters}"]
    if number % 2:
        flags.append(f"--landing-seed={number}")
    others = {}
    if case.tail:
        others["bias"] = rng.standard_normal(case.channels).astype(np.float32)
        others["residual"] = rng.standard_normal((*x.shape[:-1], case.channels)).astype(np.float16)
    found = run(directory, case, x, case.dynamic, *flags, **others)
    wide = x.astype(np.float64)
    expected = wide @ decoded + case.start
    # Products are exact in f32, of which at most depth + 1 are added, in any order, and
    # each addition rounds what is at most the sum of the magnitudes (Higham, Accuracy
    # and Stability of Numerical Algorithms, section 4.2); the result is rounded once
    # more.
    magnitude = np.abs(wide) @ np.abs(decoded) + abs(case.start)
    bound = (case.depth + 1) * 2.0**-24 * 1.01 * magnitude
    bound += (np.abs(expected) + bound) * 2.0 ** -PRECISION[case.result]
    bound += float(np.finfo(np.float16).smallest_subnormal) if case.result == "f16" else 0
    if case.tail:
        # An activation brings no two values further apart; each addition rounds to f32,
        # and the conversion to f16.
        expected = expected + others["bias"]
        bound += (np.abs(expected) + bound) * 2.0**-24
        expected = np.maximum(expected, 0) + others["residual"]
        bound += (np.abs(expected) + bound) * (2.0**-24 + 2.0**-11)
        bound += float(np.finfo(np.float16).smallest_subnormal)
    problems = []
    if not np.all(np.abs(found - expected) <= bound):
        worst = np.nanmax(np.abs(found - expected) / bound)
        problems.append(f"an element is {worst:.3g} times the bound away")
    if not np.any(expected):
        problems.append("every result is zero")
    problems += inspect(case, json.loads(counters.read_text())["kernels"])
    for problem in problems:
        print(f"{case}: {problem}")
    return not problems


def check_codes(directory, code, dtype):
    """Every code of 8 bits, infinities and NaN among them, in a channel of its own."""
    scheme = f"#compress.scheme<storage = #compress.float<{code}, scale = f32>"
    values = np.arange(256, dtype=np.uint8)
    save_file({"v": values.reshape(1, 256).view(np.int8)}, directory / "codes.safetensors")
    save_file({"x": np.ones((1, 1), TYPES[dtype])}, directory / "x.safetensors")
    module = directory / "codes.mlir"
    module.write_text(f"""!w = !compress.tensor<1x256x{dtype}, {scheme}>>
func.func @layer(%x: tensor<1x1x{dtype}> {{compress.external = #compress.external<"x.safetensors", "x"> : tensor<1x1x{dtype}>}})
    -> (tensor<1x256xf32> {{compress.name = "y"}}) {{
  %v = arith.constant #compress.external<"codes.safetensors", "v"> : tensor<1x256xi8>
  %s = arith.constant dense<0.75> : tensor<1x1xf32>
  %w = compress.assemble %v, %s : (tensor<1x256xi8>, tensor<1x1xf32>) -> !w
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x256xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<1x256xf32>) -> tensor<1x256xf32>
  %y = compress.contract
      [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]
      ins(%x, %w : tensor<1x1x{dtype}>, !w) outs(%i : tensor<1x256xf32>)
  return %y : tensor<1x256xf32>
}}
""")
    counters = directory / "counters.json"
    subprocess.run(
        ["compress-run", module, "--target=emulated", f"--counters={counters}",
         f"--outputs={directory}/y.npz"],
        check=True,
    )  # fmt: skip
    found = np.load(directory / "y.npz")["y"][0]
    # At most 4 bits times 2: no product is rounded.
    expected = values.view(getattr(ml_dtypes, FLOATS[code])).astype(np.float32) * np.float32(0.75)
    right = np.array_equal(found, expected, equal_nan=True)
    if not right:
        print(f"codes of {code} in {dtype}: found {found}, expected {expected}")
    names = [kernel["name"] for kernel in json.loads(counters.read_text())["kernels"]]
    if names != ["layer_stream"]:
        print(f"codes of {code} in {dtype}: expected one kernel, layer_stream, found {names}")
    return right and names == ["layer_stream"]


def main(cases, codes=()):
    directory = pathlib.Path(sys.argv[1])
    results = [check(directory, number, case) for number, case in enumerate(cases)]
    results += [check_codes(directory, code, dtype) for code in codes for dtype in ("f16", "bf16")]
    print(f"{len(results)} products, {results.count(False)} wrong")
    sys.exit(not all(results))


if __name__ == "__main__":
    main(CASES, FLOATS)
