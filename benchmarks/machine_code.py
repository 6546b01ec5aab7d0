"""Registers and spills of every schedule that the cost models choose from.

  machine_code.py [--family stream ...] [--chip sm_80] [--json results.json]

Reads the candidates from the sources of the cost models, builds each with every element type
and every kind of packed weight that its kernel takes, for even extents and ragged ones,
assembles them for sm_80 and sm_90a, and prints the most registers of each group. Exits
with 1 when a kernel spills or ptxas warns. Finds the tools on PATH, and ptxas as
compress-translate does. All of it takes half an hour of two cores.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import random
import re
import struct
import subprocess
import sys
import tempfile

SOURCES = pathlib.Path(__file__).parent.parent / "lib/Conversion/LinalgToGPU"
RULES = {
    "int4": "preset: w4a16, group_size: 128",
    "int4 + zero points": "preset: w4a16, group_size: 32, symmetric: false",
    "int4 by channel": "preset: w4a16, strategy: channel, scale_dtype: f32",
    "int8": "preset: w8a16",
    "int8 + zero points": "preset: w8a16, strategy: group, group_size: 32, symmetric: false",
    "e4m3": "preset: fp8, strategy: group, group_size: 64",
    "e5m2": "preset: fp8, type: float_e5m2",
    "nf4": "preset: nf4, group_size: 32",
    "mxfp4": "preset: mxfp4",
    "mxfp8": "preset: mxfp8",
    "nvfp4": "preset: nvfp4",
    "kmeans4": "preset: kmeans4",
    "kmeans4 + f32 scales": "preset: kmeans4, scale_dtype: f32",
}
# Weights that mma_sync decodes into its tiles, as flags of compress-opt. Of a dynamic number
# of rows it does so in the product's own kernel, by the schedule that the cost model chooses.
DECODED = {
    "int4 by 20": ["--quantize={preset: w4a16, group_size: 20}"],
    "int8 by 20 + zero points": [
        "--quantize={preset: w8a16, strategy: group, group_size: 20, symmetric: false}"
    ],
    "int3": ["--quantize=w3a16"],
    "nf4 by 20": ["--quantize={preset: nf4, group_size: 20}"],
    "kmeans4 by 20": ["--quantize={preset: kmeans4, strategy: group, group_size: 20}"],
    "ternary": ["--quantize=ternary"],
    "e4m3 by 20": ["--quantize={preset: fp8, strategy: group, group_size: 20}"],
    "nvfp4 by 20": ["--quantize={preset: nvfp4, group_size: 20}"],
    "2:4": ["--prune=2:4"],
    "2:4 int4": ["--quantize={preset: w4a16, group_size: 32}", "--prune=2:4"],
    "bitmap": ["--prune=0.7"],
    "csr": ["--prune={pattern: '0.7', format: csr}"],
    "blocks": ["--prune=block:16x8@0.5"],
}
# Where a kernel takes no schedule but that which the cost model chooses.
CHOSEN = "chosen"
# Of dense products: whether K runs along the lines of the operands.
ORDERS = {"nn": ("mk", "kn"), "nt": ("mk", "nk"), "tn": ("km", "kn"), "tt": ("km", "nk")}
# Rows, columns and depth.
EVEN, RAGGED = (512, 512, 512), (1000, 264, 520)


def read_candidates(file, function, pattern):
    """The rows of the table `candidates` in a function, as texts of their numbers."""
    text = (SOURCES / file).read_text()
    start = text.index("candidates[] = {", text.index(function))
    table = text[start : text.index("};", start)]
    rows = re.findall(pattern, table)
    numbers = [[n if n in ("true", "false") else int(n) for n in row] for row in rows]
    if not numbers or len(rows) != len(re.findall(r"\{\{|\{\d+, \{", table)):
        sys.exit(f"{file}: the candidates of {function} are not written as expected")
    return numbers


def get_schedules(family, width=2):
    """The attributes that the cost model of a family can choose; `width` is the bytes of an
    element."""
    if family == "mma_sync":
        rows = read_candidates(
            "ChooseSchedule.cpp", "chooseMmaSync(", r"\{\{(\d+), (\d+), (\d+)\}, \{(\d+), (\d+)\}, (\d+)\}"
        )
        return [
            f"#compress_kernel.mma_sync<tile = [{m}, {n}, {k * 2 // width}], warps = [{a}, {b}], stages = {s}>"
            for m, n, k, a, b, s in rows
        ]
    if family == "wgmma":
        rows = read_candidates(
            "ChooseSchedule.cpp", "chooseWgmma(", r"\{\{(\d+), (\d+), (\d+)\}, (\d+), (\d+), (true|false)\}"
        )
        return [
            f"#compress_kernel.wgmma<tile = [{m}, {n}, {k * 2 // width}], consumers = {c}, stages = {s}"
            + (", swap = true>" if swap == "true" else ">")
            for m, n, k, c, s, swap in rows
        ]
    if family == "stream":
        rows = read_candidates("ChooseStream.cpp", "compress::chooseStream(", r"\{(\d+), \{(\d+), (\d+)\}\}")
        # Stages and splits change no register but those of addresses: few stages fit everywhere.
        return [
            f"#compress_kernel.stream<tile = [{m}, {n}], warps = [{a}, {b}], stages = 2, splits = 2>"
            for m in (8, 16, 32, 64)
            for n, a, b in rows
            # As chooseStream has it.
            if m * n // (a * 32) <= 64
        ]
    rows = read_candidates(
        "ChooseWgmmaDecode.cpp", "compress::chooseWgmmaDecode(", r"\{\{(\d+), (\d+)\}, (\d+)\}"
    )
    return [
        f"#compress_kernel.wgmma_decode<tile = [{m}, {n}], consumers = {c}, stages = 3>" for m, n, c in rows
    ]


def make_product(name, dtype, result, order, extents, schedule=None, weight=None):
    """A function with one product; the weight is an argument unless it has a text."""
    sizes = dict(zip("mnk", extents))
    a, b = (f"tensor<{'x'.join(str(sizes[d]) for d in o)}x{dtype}>" for o in order)
    y = f"tensor<{extents[0]}x{extents[1]}x{result}>"
    isDynamic = extents[0] == "?"
    rows = "  %zero_index = arith.constant 0 : index\n"
    rows = f"{rows}  %m = tensor.dim %x, %zero_index : {a}\n" if isDynamic else ""
    maps = ", ".join(f"affine_map<(m, n, k) -> ({', '.join(o)})>" for o in (*order, "mn"))
    extend = "".join(
        f"    %{v}x = arith.extf %{v} : {dtype} to {result}\n" for v in "ab" if dtype != result
    )
    suffix = "x" if extend else ""
    attribute = f"{{compress_kernel.schedule = {schedule}}} " if schedule else ""
    constant = f"  %w = arith.constant {weight} : {b}\n" if weight else ""
    return f"""func.func @{name}(%x: {a}{"" if weight else f", %w: {b}"}) -> {y} {{
{constant}{rows}  %zero = arith.constant 0.0 : {result}
  %empty = tensor.empty({"%m" if isDynamic else ""}) : {y}
  %fill = linalg.fill ins(%zero : {result}) outs(%empty : {y}) -> {y}
  %y = linalg.generic {{indexing_maps = [{maps}], iterator_types = ["parallel", "parallel", "reduction"]}}
      ins(%x, %w : {a}, {b}) outs(%fill : {y}) {attribute.replace("{", "attrs = {", 1)}{{
  ^bb0(%a: {dtype}, %b: {dtype}, %c: {result}):
{extend}    %p = arith.mulf %a{suffix}, %b{suffix} : {result}
    %s = arith.addf %c, %p : {result}
    linalg.yield %s : {result}
  }} -> {y}
  return %y : {y}
}}
"""


def make_dense(dtype, order, extents, schedules):
    return "".join(
        make_product(f"f{i}", dtype, "f32", ORDERS[order], extents, schedule)
        for i, schedule in enumerate(schedules)
    )


def make_packed(directory, flags, dtype, order, extents, schedules):
    """One product is compressed, and its function written once for each schedule."""
    generator = random.Random(0)
    values = [generator.gauss(0, 1) for _ in range(extents[1] * extents[2])]
    pack = {
        "f16": lambda v: struct.pack("<e", v),
        "bf16": lambda v: struct.pack("<f", v)[2:],
    }[dtype]
    weight = f'dense<"0x{b"".join(map(pack, values)).hex().upper()}">'
    dense = directory / "dense.mlir"
    dense.write_text(make_product("f", dtype, "f32", ORDERS[order], extents, weight=weight))
    text = subprocess.run(
        ["compress-opt", *flags, dense], check=True, capture_output=True, text=True
    ).stdout
    head, function, tail = re.fullmatch(
        r"(.*?)(  func\.func @f\(.*?\n  \}\n)(.*)", text, flags=re.DOTALL
    ).groups()
    copies = []
    for i, schedule in enumerate(schedules):
        copy = function
        if schedule != CHOSEN:
            attribute = f"compress_kernel.schedule = {schedule}"
            copy, count = re.subn(r"(compress\.contract .*?\{)", rf"\1{attribute}, ", function)
            assert count == 1, function
        copies.append(copy.replace("@f(", f"@f{i}("))
    return head + "".join(copies) + tail


def assemble(job):
    """What ptxas says of each function's kernel. Schedules that need more shared memory than
    the chip has, which a cost model does not choose, are taken from the job."""
    with tempfile.TemporaryDirectory() as folder:
        directory = pathlib.Path(folder)
        source = directory / "kernels.mlir"
        if job["flags"]:
            source.write_text(
                make_packed(
                    directory, job["flags"], job["dtype"], job["order"], job["extents"],
                    job["schedules"],
                )
            )  # fmt: skip
        else:
            source.write_text(
                make_dense(job["dtype"], job["order"], job["extents"], job["schedules"])
            )
        command = [
            "compress-translate", source, "--target=cuda", f"--chip={job['chip']}",
            "-o", directory / "kernels.cubin", "--resource-usage",
        ]  # fmt: skip
        if job["dtype"] == "f32":
            command.append("--tf32")
        done = subprocess.run(command, capture_output=True, text=True)
        found = re.search(r":(\d+):\d+: error: .*bytes of shared memory", done.stderr)
        if done.returncode and found:
            before = "\n".join(source.read_text().split("\n")[: int(found[1])])
            del job["schedules"][int(re.findall(r"@f(\d+)\(", before)[-1])]
            return assemble(job)
    if done.returncode:
        return {"error": done.stderr}
    kernels = {}
    for name, spills, registers in re.findall(
        r"Compiling entry function '(\w+)'.*?(\d+ bytes spill stores, \d+ bytes spill loads).*?"
        r"Used (\d+) registers",
        done.stderr,
        flags=re.DOTALL,
    ):
        kernels[name] = {
            "registers": int(registers),
            "spills": sum(map(int, re.findall(r"\d+", spills))),
        }
    return {"kernels": kernels, "warnings": re.findall(r".*(?:C75\d\d|warning).*", done.stderr)}


def is_chosen(family, dtype, order, schedule):
    """Whether the cost model may choose it for such operands: chooseMmaSync leaves out what
    spills, chooseWgmma what an operand across K does not fit."""
    m, n = map(int, re.search(r"tile = \[(\d+), (\d+)", schedule).groups())
    if family == "mma_sync":
        return n != 256 if dtype == "f32" else m != 256 or order[0] == "n"
    if family == "wgmma" and order[0] == "t":
        return (n if "swap" in schedule else m) % 64 == 0
    return True


def make_jobs(families, chips):
    for family in families:
        for chip in chips:
            if "wgmma" in family and chip != "sm_90a":
                continue
            if family == "mma_decode":
                for rule, flags in DECODED.items():
                    for columns in (264, 2056):
                        yield {
                            "family": family, "chip": chip, "dtype": "f16", "order": "nn",
                            "rule": rule, "flags": flags, "extents": ("?", columns, 520),
                            "schedules": [CHOSEN],
                        }  # fmt: skip
                continue
            isDense = family in ("mma_sync", "wgmma")
            for dtype in ("f16", "bf16", *(["f32"] if isDense else [])):
                schedules = get_schedules(family, 4 if dtype == "f32" else 2)
                orders = ORDERS if isDense else {"nn": None}
                # wgmma takes tf32 along K only.
                if family == "wgmma" and dtype == "f32":
                    orders = {"nt": None}
                for order in orders:
                    for rule in [None] if isDense else RULES:
                        for extents in (EVEN, RAGGED):
                            yield {
                                "family": family, "chip": chip, "dtype": dtype, "order": order,
                                "rule": rule or "dense", "extents": extents,
                                "schedules": [
                                    s for s in schedules if is_chosen(family, dtype, order, s)
                                ],
                                "flags": rule and [f"--quantize={{{RULES[rule]}}}"],
                            }  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    known = ["mma_sync", "wgmma", "mma_decode", "stream", "wgmma_decode"]
    parser.add_argument("--family", action="append", choices=known)
    parser.add_argument("--chip", action="append", choices=["sm_80", "sm_90a"])
    parser.add_argument("--json", help="also write all results there")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    jobs = list(make_jobs(arguments.family or known, arguments.chip or ["sm_80", "sm_90a"]))
    bad, results = [], []
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for job, result in zip(jobs, pool.map(assemble, jobs)):
            extents = "even" if job["extents"] == EVEN else "ragged"
            group = " ".join(
                [job[key] for key in ("chip", "family", "dtype", "order", "rule")] + [extents]
            )
            results.append({"group": group, "schedules": job["schedules"], **result})
            if "error" in result:
                bad.append(f"{group}: {result['error'].strip()}")
                print(f"{group:64} error")
                continue
            bad += [f"{group}: {warning.strip()}" for warning in result["warnings"]]
            products = {}
            for name, kernel in result["kernels"].items():
                index = int(re.match(r"f(\d+)_", name)[1])
                products[index] = kernel
                if kernel["spills"]:
                    bad.append(
                        f"{group}: {name} {job['schedules'][index]}: {kernel['registers']} registers, "
                        f"{kernel['spills']} bytes of spills"
                    )
            missing = len(job["schedules"]) - len(products)
            most = max((k["registers"] for k in products.values()), default=0)
            spilled = sum(k["spills"] > 0 for k in result["kernels"].values())
            print(
                f"{group:64} {len(result['kernels'])} kernels, {most} registers at most, {spilled} spill"
                + (f", {missing} schedules without a kernel" if missing else ""),
                flush=True,
            )
    if arguments.json:
        pathlib.Path(arguments.json).write_text(json.dumps(results, indent=1))
    print("\n".join(bad))
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
