"""Measures the kernels of a bundle on a GPU, beside PyTorch's own.

  run_bundle.py DIRECTORY [--json=results.json] [--rows=M,...] [--only=FAMILY,...]
                [--seconds=480]

DIRECTORY is what build_bundle.py wrote. Needs PyTorch with CUDA and NumPy, no LLVM.
Every function is first compared with a product in f64; what fails is not timed, and
the exit status says so. Then each is timed against PyTorch's product of the same shape
with a weight that is not compressed (cuBLASLt, cuDNN): calls are captured in CUDA
graphs that go through enough copies of the weight that none is found in the cache, the
two alternate, and the median counts. What is not timed when the time is over is
reported as not measured.
"""

import argparse
import json
import math
import pathlib
import statistics
import subprocess
import sys
import time

from weights import decode

# Weights that a graph goes through, in bytes: several times the L2 cache of an H200.
ROTATION = 400 << 20
REPEATS = 15


# What a rounding of an operand, and of the result, is off by: f32 operands become tf32
# by rounding (mma.sync) or cutting (bulk copies, by what is known of them).
OPERAND = {"bf16": 0.0, "f16": 0.0, "f32": 2.0**-10}
RESULT = {"bf16": 2.0**-8, "f16": 2.0**-11, "f32": 2.0**-24}


class Bits:
    """Memory of a tensor, for callers that have no name for its type."""

    def __init__(self, torch, tensor):
        kinds = {
            torch.int8: "|i1", torch.bfloat16: "<u2", torch.float16: "<f2", torch.float32: "<f4",
        }  # fmt: skip
        self.tensor = tensor
        self.__cuda_array_interface__ = {
            "version": 3, "shape": tuple(tensor.shape), "data": (tensor.data_ptr(), False),
            "typestr": kinds[tensor.dtype],
        }  # fmt: skip


def get_type(torch, name):
    return {"bf16": torch.bfloat16, "f16": torch.float16, "f32": torch.float32}[name]


def make_weight(torch, item, function):
    """Random inputs of the function but x, and the weight that they are."""
    shape, dtype = item["shape"], get_type(torch, item["element"])
    terms = math.prod(shape[:-1])
    if "codes" not in item:
        weight = (torch.randn(shape) * terms**-0.5).to(dtype)
        return {"w": weight}, weight
    specs = {spec["name"]: spec["shape"] for spec in function["inputs"] if spec["name"] != "x"}
    # No code of a number that is none; two codes of 4 bits are any byte.
    known = [code for code, value in enumerate(item["codes"]) if value == value] if item["bits"] == 8 else range(256)
    choices = torch.asarray(list(known)).to(torch.int8)
    weights = {"w.values": choices[torch.randint(len(choices), specs["w.values"])]}
    if item["scale"] == "f8E8M0FNU":
        weights["w.scales"] = torch.randint(112, 124, specs["w.scales"]).to(torch.int8)
    else:
        greatest = max(value for value in item["codes"] if value == value)
        scales = (torch.rand(specs["w.scales"]) + 0.5) * terms**-0.5 / greatest
        weights["w.scales"] = scales.to(get_type(torch, item["scale"]))
    if "w.zero_points" in specs:
        weights["w.zero_points"] = torch.randint(-4, 4, specs["w.zero_points"]).to(torch.int8)
    parts = (weights.get(f"w.{part}") for part in ("values", "scales", "zero_points"))
    # As compress.decode: the product of value and scale, rounded once.
    return weights, decode(torch, item, *parts).to(dtype)


def make_input(torch, item, rows):
    """And the shape of the result."""
    shape, dtype = item["shape"], get_type(torch, item["element"])
    if len(shape) == 2:
        return torch.randn(rows, shape[0]).to(dtype), (rows, shape[1])
    size = item["size"]
    padded = size + shape[0] - 1
    return torch.randn(rows, padded, padded, shape[2]).to(dtype), (rows, size, size, shape[3])


def prepare(torch, weight):
    """The weight as PyTorch has it, which for convolutions is filters by channels by
    window, channels innermost."""
    if weight.dim() == 2:
        return weight
    return weight.permute(3, 2, 0, 1).contiguous(memory_format=torch.channels_last)


def multiply(torch, x, weight, out=None):
    """What the function computes, of a prepared weight: of rows, or of images by windows."""
    if weight.dim() == 2:
        return torch.matmul(x, weight, out=out)
    # Views: both have their channels innermost.
    return torch.nn.functional.conv2d(x.permute(0, 3, 1, 2), weight).permute(0, 2, 3, 1)


def check(torch, run, item, x, weight, shape):
    """The greatest error in units of its bound."""
    y = torch.full(shape, float("nan"), dtype=x.dtype)
    run(x, y)
    torch.cuda.synchronize()
    terms = math.prod(item["shape"][:-1])
    # At most so many sums of exact products in f32, in any order (Higham, Accuracy and
    # Stability of Numerical Algorithms, section 4.2), then one rounding.
    relative = 1.01 * terms * 2.0**-24 + 2.02 * OPERAND[item["element"]]
    worst = 0.0
    # By parts, since f64 takes four times the memory.
    for first in range(0, shape[-1], 4096):
        part = prepare(torch, weight[..., first : first + 4096].double())
        expected = multiply(torch, x.double(), part)
        bound = relative * multiply(torch, x.double().abs(), part.abs())
        bound += (expected.abs() + bound) * RESULT[item["element"]] + 1e-30
        error = ((y[..., first : first + 4096].double() - expected).abs() / bound).max().item()
        worst = max(worst, error if error == error else float("inf"))
    return worst


def capture(torch, calls):
    stream = torch.cuda.Stream()
    with torch.cuda.stream(stream):
        for call in calls:
            call()
    stream.synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph, stream=stream):
        for call in calls:
            call()
    return graph


def measure(torch, graphs, count):
    """Median microseconds of a call in each graph; graphs take turns."""
    times = [[] for _ in graphs]
    for repeat in range(REPEATS + 2):
        for samples, graph in zip(times, graphs):
            begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
            begin.record()
            graph.replay()
            end.record()
            end.synchronize()
            if repeat >= 2:
                samples.append(begin.elapsed_time(end) * 1000 / count)
    return [statistics.median(samples) for samples in times]


def get_clocks():
    query = ["nvidia-smi", "--query-gpu=clocks.sm,clocks.mem,power.draw,temperature.gpu", "--format=csv,noheader"]
    try:
        return subprocess.run(query, check=True, capture_output=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


class Bench:
    """The functions of one shared object, and what they are called with."""

    def __init__(self, torch, model, item):
        self.torch, self.model, self.item = torch, model, item
        functions = {f["symbol"]: f for f in model.signature["functions"]}
        self.weights, self.dense = make_weight(torch, item, functions[f"m{item['rows'][0]}"])
        self.size = sum(t.numel() * t.element_size() for t in self.weights.values())

    def get_call(self, rows):
        function, torch = getattr(self.model, f"m{rows}"), self.torch

        def run(x, y, weights=self.weights):
            arrays = {name: Bits(torch, t) for name, t in weights.items()}
            stream = torch.cuda.current_stream().cuda_stream
            function(x=Bits(torch, x), **arrays, out={"y": Bits(torch, y)}, stream=stream)

        return run

    def check(self, rows):
        x, shape = make_input(self.torch, self.item, rows)
        return check(self.torch, self.get_call(rows), self.item, x, self.dense, shape)

    def time(self, rows):
        """Microseconds of the function and of PyTorch's product, operations, and bytes
        that have to be moved."""
        torch, run = self.torch, self.get_call(rows)
        x, shape = make_input(torch, self.item, rows)
        y = torch.empty(shape, dtype=x.dtype)
        z = torch.empty(shape, dtype=x.dtype) if len(shape) == 2 else None
        dense = prepare(torch, self.dense)
        copies = [
            {name: t.clone() for name, t in self.weights.items()} for _ in range(-(-ROTATION // self.size))
        ]  # fmt: skip
        references = [dense.clone() for _ in range(-(-ROTATION // (dense.numel() * dense.element_size())))]
        # As many calls of both, so that the clock and the heat are shared.
        count = max(len(copies), len(references))
        ours = capture(torch, [lambda w=copies[i % len(copies)]: run(x, y, w) for i in range(count)])
        theirs = capture(torch, [
            lambda w=references[i % len(references)]: multiply(torch, x, w, z) for i in range(count)
        ])  # fmt: skip
        own, base = measure(torch, [ours, theirs], count)
        moved = self.size + (x.numel() + y.numel()) * x.element_size()
        return own, base, 2 * y.numel() * math.prod(self.item["shape"][:-1]), moved


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--rows")
    parser.add_argument("--only")
    parser.add_argument("--seconds", type=float, default=480)
    arguments = parser.parse_args()
    deadline = time.monotonic() + arguments.seconds
    manifest_path = arguments.directory / "manifest.json"
    if not manifest_path.exists():
        sys.exit(f"{manifest_path}: not found; expected a directory that build_bundle.py wrote")
    manifest = json.loads(manifest_path.read_text())
    try:
        import torch
    except ImportError:
        sys.exit("PyTorch is not installed here; expected a version with CUDA")
    if not torch.cuda.is_available():
        sys.exit("no GPU that PyTorch can use; nothing was measured")
    import compress_cuda

    torch.set_default_device("cuda")
    torch.manual_seed(0)
    # f32 is compared with tf32, which is what the family is; references in f64 are not
    # touched by it.
    torch.backends.cuda.matmul.allow_tf32 = True
    report = {
        "version": 2, "gpu": torch.cuda.get_device_name(), "torch": torch.__version__,
        "cuda": torch.version.cuda, "cudnn": torch.backends.cudnn.version(), "date": time.strftime("%Y-%m-%d"),
        "chip": manifest["chip"], "clocks_before": get_clocks(), "results": [],
    }  # fmt: skip
    print(f"{report['gpu']}, PyTorch {report['torch']}, CUDA {report['cuda']}, {report['clocks_before']}")
    items = [i for i in manifest["objects"] if not arguments.only or i["family"] in arguments.only.split(",")]
    chosen = {int(m) for m in arguments.rows.split(",")} if arguments.rows else None

    def visit(action):
        """Calls an action for all rows of each object, with its line of the report."""
        for item in items:
            with compress_cuda.Model(arguments.directory / item["file"]) as model:
                bench = Bench(torch, model, item)
                for m in item["rows"]:
                    if chosen is None or m in chosen:
                        action(bench, m, (item["family"], item["layer"], m))
            del bench
            torch.cuda.empty_cache()

    errors = {}

    def check_all(bench, m, key):
        errors[key] = bench.check(m)
        report["results"].append(dict(zip(("family", "layer", "m", "error"), (*key, errors[key]))))
        if not errors[key] <= 1:
            print(f"{key[0]} {key[1]} {m}: {errors[key]:.3g} times the bound: not timed")

    visit(check_all)
    failures = sum(not error <= 1 for error in errors.values())
    print(f"{len(errors) - failures} of {len(errors)} functions are right")
    print(f"{'family':11}{'layer':10}{'m':>6}{'us':>10}{'torch us':>10}{'ratio':>7}{'TFLOP/s':>9}{'GB/s':>7}")
    results = {(r["family"], r["layer"], r["m"]): r for r in report["results"]}
    late = 0

    def time_all(bench, m, key):
        nonlocal late
        if not errors[key] <= 1:
            return
        if time.monotonic() > deadline:
            late += 1
            return
        own, base, operations, moved = bench.time(m)
        rates = {"tflops": operations / own / 1e6, "gbps": moved / own / 1e3}
        results[key].update(us=own, torch_us=base, ratio=base / own, **rates)
        print(
            f"{key[0]:11}{key[1]:10}{m:6}{own:10.2f}{base:10.2f}{base / own:7.2f}"
            f"{rates['tflops']:9.1f}{rates['gbps']:7.0f}"
        )

    visit(time_all)
    if late:
        print(f"{late} functions: not measured, the time of {arguments.seconds:g} seconds was over")
    report["clocks_after"] = get_clocks()
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=1))
    if failures:
        sys.exit(f"{failures} of {len(errors)} results are beyond their bound")


if __name__ == "__main__":
    main()
