"""Runs matrix products as kernels on the emulator, against NumPy in f64.

  matmul_kernels.py DIRECTORY f16|bf16|tf32|f32 sm_80|sm_90a

tf32 are products of f32 with --tf32; f32 are those without, which stay on the
multiply-add units and have f32's own bound.

Every operand comes in both orders, with and without batches, with even, odd and
dynamic extents, into both result types, over outputs that are zero, constant or
given, or with a bias, a ReLU and a residual behind the product, which its kernel
computes too. What must hold beside the numbers: no fault with all checks on, copies in
any order, no bank conflict, and no byte loaded twice where every line is whole
sectors.
"""

import json
import pathlib
import subprocess
import sys

import ml_dtypes
import numpy as np
from safetensors.numpy import save_file

TYPES = {"f16": np.float16, "bf16": ml_dtypes.bfloat16, "f32": np.float32}
# What the error of a product may be, relative to it. An operand that is rounded to
# the 11 bits of tf32 is off by a part of 2^-11 at most, one that is cut off by less
# than 2^-10; of a product both parts add up, and so does their product.
ROUNDED, CUT = 2.0**-10 + 2.0**-22, 2.0**-9 + 2.0**-20
# Bits of a significand, the leading one included.
PRECISION = {"f16": 11, "bf16": 8, "f32": 24}

# M, N, K, order of A, order of B, batches (0: none), start, what is dynamic.
CASES = [
    (1, 1, 1, "mk", "kn", 0, "zero", ""),
    (16, 128, 64, "mk", "nk", 0, "zero", ""),
    (77, 200, 96, "mk", "kn", 0, "zero", "m"),
    (130, 136, 72, "km", "kn", 0, "constant", ""),
    (129, 131, 67, "mk", "nk", 0, "zero", ""),
    (128, 128, 256, "km", "nk", 3, "zero", ""),
    (5, 7, 300, "mk", "kn", 2, "given", ""),
    (64, 264, 104, "km", "nk", 0, "given", ""),
    (300, 130, 66, "mk", "nk", 0, "zero", "mnk"),
    (2, 64, 0, "mk", "kn", 0, "constant", "k"),
    (0, 64, 64, "mk", "kn", 0, "zero", "m"),
    (50, 72, 64, "mk", "kn", 2, "epilogue", ""),
    (33, 71, 40, "mk", "nk", 0, "epilogue", "m"),
]
# By wgmma: the same, and a schedule, none being the cost model's choice. Where K
# runs along lines, these are multiples of 8 elements, as bulk copies need.
WARPGROUP_CASES = [
    ((1, 64, 64, "mk", "kn", 0, "zero", ""), "[64, 16, 64], consumers = 1, stages = 2, swap = true"),
    ((128, 256, 256, "mk", "kn", 0, "zero", ""), "[128, 256, 64], consumers = 2, stages = 4"),
    ((200, 200, 136, "mk", "kn", 0, "zero", "m"), "[128, 64, 64], consumers = 2, stages = 3"),
    ((136, 136, 72, "km", "kn", 0, "constant", ""), "[64, 128, 64], consumers = 1, stages = 2"),
    ((129, 131, 72, "mk", "nk", 0, "zero", "m"), "[128, 64, 64], consumers = 1, stages = 4"),
    ((264, 128, 200, "km", "nk", 3, "zero", ""), "[256, 128, 64], consumers = 2, stages = 3"),
    ((5, 72, 304, "mk", "kn", 2, "given", ""), "[64, 48, 64], consumers = 1, stages = 12, swap = true"),
    ((64, 264, 104, "km", "nk", 0, "given", ""), "[128, 64, 64], consumers = 2, stages = 5, swap = true"),
    # More tiles than blocks, and more bands of them than one.
    ((1100, 8 * 64, 64, "mk", "nk", 0, "zero", ""), "[64, 16, 64], consumers = 1, stages = 2"),
    ((33, 520, 512, "mk", "kn", 0, "zero", ""), None),
    ((8, 64, 0, "km", "kn", 0, "constant", "k"), "[64, 64, 64], consumers = 1, stages = 2"),
    ((0, 64, 64, "mk", "kn", 0, "zero", "m"), "[64, 64, 64], consumers = 1, stages = 2"),
    ((130, 72, 64, "mk", "kn", 2, "epilogue", ""), "[128, 64, 64], consumers = 2, stages = 2"),
    ((33, 80, 40, "mk", "nk", 0, "epilogue", "m"), "[64, 48, 64], consumers = 1, stages = 4, swap = true"),
]
# Likewise for tf32, which wgmma takes along K only; in other orders mma.sync does it.
TF32_CASES = [
    ((m, n, k, "mk", "nk", *rest), schedule and schedule.replace("64], c", "32], c"))
    for (m, n, k, _, _, *rest), schedule in WARPGROUP_CASES
    # A dynamic K would be a stride that no bulk copy knows.
    if k
] + [
    ((136, 136, 72, "km", "kn", 0, "constant", ""), None),
    ((64, 264, 104, "km", "nk", 0, "given", ""), None),
    ((77, 200, 66, "mk", "nk", 0, "zero", "m"), None),
]
START = 0.5


def tensor(batches, extents, order, dynamic, dtype):
    sizes = ["?" if "b" in dynamic else str(batches)] if batches else []
    sizes += ["?" if d in dynamic else str(extents[d]) for d in order]
    return f"tensor<{'x'.join(sizes)}x{dtype}>"


def module(case, schedule, dtype, result):
    m, n, k, a, b, batches, start, dynamic = case
    dtype = dtype.replace("tf32", "f32")
    extents = {"m": m, "n": n, "k": k}
    types = [
        tensor(batches, extents, order, dynamic, element)
        for order, element in ((a, dtype), (b, dtype), ("mn", result))
    ]
    dims = ["b"] * bool(batches) + list("mnk")

    def access(order):
        results = ["b"] * bool(batches) + list(order)
        return f"affine_map<({', '.join(dims)}) -> ({', '.join(results)})>"

    iterators = ", ".join('"parallel"' if d != "k" else '"reduction"' for d in dims)
    extend = "".join(
        f"    %{v}x = arith.extf %{v} : {dtype} to {result}\n" if result != dtype else ""
        for v in "ab"
    )
    suffix = "x" if result != dtype else ""
    attribute = (
        f" attrs = {{compress_kernel.schedule = #compress_kernel.wgmma<tile = {schedule}>}}"
        if schedule
        else ""
    )
    if start == "given":
        initial = ""
        output = "%C"
    else:
        offset = bool(batches)
        sizes = [
            f"  %{d} = tensor.dim %{v}, %c{offset + order.index(d)} : {kind}\n"
            for d, v, order, kind in (("m", "A", a, types[0]), ("n", "B", b, types[1]))
            if d in dynamic
        ]
        names = ", ".join(f"%{d}" for d in "mn" if d in dynamic)
        value = START if start == "constant" else 0.0
        initial = (
            "".join(f"  %c{i} = arith.constant {i} : index\n" for i in range(3))
            + "".join(sizes)
            + f"  %start = arith.constant {value} : {result}\n"
            f"  %empty = tensor.empty({names}) : {types[2]}\n"
            f"  %fill = linalg.fill ins(%start : {result}) outs(%empty : {types[2]}) -> {types[2]}\n"
        )
        output = "%fill"
    names = {"given": "ABC", "epilogue": "ABCD"}.get(start, "AB")
    batch = "b" * bool(batches)
    types.append(tensor(batches, extents, "n", dynamic, result))
    final = "%r"
    finish = ""
    if start == "epilogue":
        final = "%f"
        outer = [d for d in dims if d != "k"]
        finish = f"""  %f = linalg.generic {{
      indexing_maps = [affine_map<({", ".join(outer)}) -> ({", ".join(outer)})>,
                       affine_map<({", ".join(outer)}) -> ({", ".join(outer)})>,
                       affine_map<({", ".join(outer)}) -> ({", ".join([*batch, "n"])})>,
                       affine_map<({", ".join(outer)}) -> ({", ".join(outer)})>],
      iterator_types = [{", ".join('"parallel"' for _ in outer)}]}}
      ins(%r, %C, %D : {types[2]}, {types[2]}, {types[3]}) outs(%empty : {types[2]}) {{
  ^bb0(%x: {result}, %c: {result}, %d: {result}, %o: {result}):
    %none = arith.constant 0.0 : {result}
    %p = arith.addf %x, %d : {result}
    %q = arith.maximumf %p, %none : {result}
    %s = arith.addf %q, %c : {result}
    linalg.yield %s : {result}
  }} -> {types[2]}
"""
    if "bf16" in (dtype, result):
        # No array file holds bf16, but safetensors do.
        bind = 'compress.external = #compress.external<"in.safetensors", "{0}"> : {1}'
    else:
        bind = 'compress.name = "{0}"'
    arguments = ", ".join(
        f"%{v}: {kind} {{{bind.format(v, kind)}}}" for v, kind in zip(names, types)
    )
    widened = types[2].replace("bf16", "f32")
    widen = f"  %out = arith.extf {final} : {types[2]} to {widened}\n" if result == "bf16" else ""
    return f"""func.func @product({arguments}) -> ({widened} {{compress.name = "out"}}) {{
{initial}  %r = linalg.generic {{
      indexing_maps = [{access(a)}, {access(b)}, {access("mn")}],
      iterator_types = [{iterators}]}}
      ins(%A, %B : {types[0]}, {types[1]}) outs({output} : {types[2]}){attribute} {{
  ^bb0(%a: {dtype}, %b: {dtype}, %c: {result}):
{extend}    %p = arith.mulf %a{suffix}, %b{suffix} : {result}
    %s = arith.addf %c, %p : {result}
    linalg.yield %s : {result}
  }} -> {types[2]}
{finish}{widen}  return {"%out" if widen else final} : {widened}
}}
"""


def draw(rng, batches, extents, order, dtype):
    shape = [batches] * bool(batches) + [extents[d] for d in order]
    return rng.standard_normal(shape).astype(TYPES[dtype.replace("tf32", "f32")])


def get_suffix(case, chip, dtype):
    """The kind of kernel that a product must have."""
    _, _, k, order_a, order_b, *_ = case
    if dtype == "f32":
        return "tile"
    # Bulk copies need lines of whole chunks of 16 bytes.
    misses = dtype == "tf32" and ((order_a, order_b) != ("mk", "nk") or k % 4)
    return "mma" if chip == "sm_80" or misses else "wgmma"


def inspect(kernels, suffix, is_alone, lines, columns, result):
    """What the counters say against the product's kernel."""
    names = [kernel["name"] for kernel in kernels]
    if f"product_{suffix}" not in names:
        return [f"expected a kernel product_{suffix}, found {names}"]
    if suffix == "tile":
        return []
    kernel = kernels[names.index(f"product_{suffix}")]
    if is_alone and names != [f"product_{suffix}"]:
        return [f"expected one kernel, found {names}"]
    problems = []
    if kernel["bankConflicts"]:
        problems.append(f"{kernel['bankConflicts']} bank conflicts")
    # Sectors of 32 bytes are shared where lines end within one.
    kinds = ["Load"] if all(line % 16 == 0 for line in lines) else []
    kinds += ["Store"] if columns % 16 == 0 and result == "f32" else []
    for kind in kinds:
        moved, needed = (kernel[f"{part}{kind}Bytes"] for part in ("global", "compulsory"))
        if moved > 1.05 * needed:
            problems.append(f"{kind}: {moved} bytes moved, {needed} needed")
    return problems


def check(directory, number, case, schedule, chip, dtype, result):
    m, n, k, order_a, order_b, batches, start, dynamic = case
    suffix = get_suffix(case, chip, dtype)
    extents = {"m": m, "n": n, "k": k}
    rng = np.random.default_rng(number)
    arrays = {
        "A": draw(rng, batches, extents, order_a, dtype),
        "B": draw(rng, batches, extents, order_b, dtype),
    }
    before = START if start == "constant" else 0.0
    if start == "given":
        arrays["C"] = draw(rng, batches, extents, "mn", result)
        before = arrays["C"].astype(np.float64)
    if start == "epilogue":
        arrays["C"] = draw(rng, batches, extents, "mn", result)
        arrays["D"] = draw(rng, batches, extents, "n", result)
    path = directory / f"{number}-{dtype}-{result}.mlir"
    path.write_text(module(case, schedule, dtype, result))
    command = [
        "compress-run", path, "--target=emulated", f"--chip={chip}",
        f"--outputs={directory}/out.npz", f"--counters={directory}/counters.json",
    ]  # fmt: skip
    command += ["--tf32"] * (dtype == "tf32")
    if dtype == "bf16":
        save_file(arrays, directory / "in.safetensors")
    else:
        np.savez(directory / "in.npz", **arrays)
        command.append(f"--inputs={directory}/in.npz")
    if number % 2:
        command.append(f"--landing-seed={number}")
    subprocess.run(command, check=True)
    found = np.load(directory / "out.npz")["out"].astype(np.float64)

    a, b = (arrays[v].astype(np.float64) for v in "AB")
    a = np.swapaxes(a, -1, -2) if order_a == "km" else a
    b = np.swapaxes(b, -1, -2) if order_b == "nk" else b
    expected = a @ b + before
    # Products are exact in f32, or rounded as the first of the additions. Each of at most k + 1 additions rounds what is at
    # most the sum of the magnitudes, in any order (Higham, Accuracy and Stability
    # of Numerical Algorithms, section 4.2); the result is rounded once more.
    magnitude = np.abs(a) @ np.abs(b) + np.abs(before)
    bound = (k + 1) * 2.0**-24 * 1.01 * magnitude
    if dtype == "tf32":
        bound += (CUT if suffix == "wgmma" else ROUNDED) * magnitude
    bound += (np.abs(expected) + bound) * 2.0 ** -PRECISION[result]
    bound += float(np.finfo(np.float16).smallest_subnormal) if result == "f16" else 0
    if start == "epilogue":
        # Two more additions, each rounded.
        residual, bias = (arrays[v].astype(np.float64) for v in "CD")
        expected = np.maximum(expected + bias[..., None, :], 0) + residual
        bound += 2 * (np.abs(expected) + np.abs(residual) + bound) * 2.0 ** -PRECISION[result]
    problems = []
    if not np.all(np.abs(found - expected) <= bound):
        worst = np.nanmax(np.abs(found - expected) / bound)
        problems.append(f"an element is {worst:.3g} times the bound away")

    kernels = json.loads((directory / "counters.json").read_text())["kernels"]
    if m == 0:
        return not kernels
    lines = [extents[order_a[1]], extents[order_b[1]]]
    if chip == "sm_90a":
        # Blocks of one band share what the cache holds; the emulator has none. With
        # one tile a byte is loaded once.
        lines = lines if m <= 128 and n <= 256 and schedule and "swap" not in schedule else [1]
    problems += inspect(kernels, suffix, start == "epilogue" and result != "bf16", lines, n, result)
    for problem in problems:
        print(f"{path.name}: {case}: {problem}")
    return not problems


def main():
    directory, dtype, chip = pathlib.Path(sys.argv[1]), *sys.argv[2:]
    cases = [(case, None) for case in CASES]
    if chip == "sm_90a":
        cases = TF32_CASES if dtype == "tf32" else WARPGROUP_CASES
    if dtype == "f32":
        cases = [(case, None) for case in CASES[2:5]]
    results = [
        check(directory, number, case, schedule, chip, dtype, result)
        for number, (case, schedule) in enumerate(cases)
        for result in (["f32"] if "f32" in dtype else ["f32", dtype])
        # A constant's extents are static.
        if dtype != "bf16" or not case[-1]
    ]
    print(f"{len(results)} products, {results.count(False)} wrong")
    sys.exit(not all(results))


if __name__ == "__main__":
    main()
