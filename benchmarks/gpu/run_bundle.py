"""Measures the kernels of a bundle on a GPU, beside PyTorch's own.

  run_bundle.py DIRECTORY [--json=results.json] [--rows=M,...] [--only=FAMILY,...]

DIRECTORY is what build_bundle.py wrote. Needs PyTorch with CUDA and NumPy, no LLVM.
Every function is first compared with a product in f64; what fails is not timed, and
the exit status says so. Then each is timed against PyTorch's bf16 product of the same
shape (cuBLASLt): calls are captured in CUDA graphs that go through enough copies of
the weight that none is found in the cache, the two alternate, and the median counts.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import time

# Weights that a graph goes through, in bytes: several times the L2 cache of an H200.
ROTATION = 400 << 20
REPEATS = 15


class Bits:
    """Memory of a tensor, for callers that have no name for its type."""

    def __init__(self, torch, tensor):
        kinds = {1: "|i1", 2: "<u2", 4: "<f4"}
        self.tensor = tensor
        self.__cuda_array_interface__ = {
            "version": 3, "shape": tuple(tensor.shape), "data": (tensor.data_ptr(), False),
            "typestr": "|i1" if tensor.dtype == torch.int8 else kinds[tensor.element_size()],
        }  # fmt: skip


def unpack(library, values, item, width):
    """The signed codes [k, n] of packed bytes, by the layout in the manifest; arrays
    are of NumPy or PyTorch, which `library` is."""
    tile, bits = (
        [int(e) for e in part.split("]")[0].split(",")] for part in item["layout"].split("[")[1:]
    )
    codes = values.reshape(-1)
    if width == 4:
        codes = library.stack([codes << 4 >> 4, codes >> 4], -1).reshape(-1)
    count = tile[0] * tile[1]
    # Bit i of the stored position is bit bits[i] of the row-major one.
    position = [sum((stored >> i & 1) << bit for i, bit in enumerate(bits)) for stored in range(count)]
    tiles = codes.reshape(-1, count)
    ordered = library.empty_like(tiles)
    ordered[:, position] = tiles
    grid = [-(-e // t) for e, t in zip((item["k"], item["n"]), tile)]
    ordered = library.moveaxis(ordered.reshape(*grid, *tile), 1, 2)
    return ordered.reshape(grid[0] * tile[0], -1)[: item["k"], : item["n"]]


def make_weight(torch, item, function):
    """Random inputs of the function but x, and the bf16 weight that they are."""
    k, n = item["k"], item["n"]
    specs = {spec["name"]: spec["shape"] for spec in function["inputs"] if spec["name"] != "x"}
    if item["family"] == "dense":
        weight = torch.randn(k, n, device="cuda", dtype=torch.bfloat16) * k**-0.5
        return {"w": weight}, weight
    values = torch.randint(-128, 128, specs["w.values"], device="cuda", dtype=torch.int8)
    shape = specs["w.scales"]
    scales = ((torch.rand(shape, device="cuda") + 0.5) * k**-0.5 / 8).to(torch.bfloat16)
    codes = unpack(torch, values, item, 4 if item["family"] == "w4a16" else 8)
    block = -(-k // shape[0])
    # As compress.decode: the product of code and scale, rounded once.
    weight = codes.float() * scales.float().repeat_interleave(block, 0)[:k]
    return {"w.values": values, "w.scales": scales}, weight.to(torch.bfloat16)


def check(torch, run, x, weight):
    """The greatest error in units of its bound."""
    y = torch.full((x.shape[0], weight.shape[1]), float("nan"), device="cuda", dtype=torch.bfloat16)
    run(x, y)
    torch.cuda.synchronize()
    worst = 0.0
    # By parts of columns, since f64 takes four times the memory.
    for first in range(0, weight.shape[1], 4096):
        part = weight[:, first : first + 4096].double()
        expected = x.double() @ part
        # At most k sums of exact products in f32, in any order (Higham, Accuracy and
        # Stability of Numerical Algorithms, section 4.2), then one rounding.
        magnitude = x.double().abs() @ part.abs()
        bound = 1.01 * weight.shape[0] * 2.0**-24 * magnitude
        bound += (expected.abs() + bound) * 2.0**-8 + 1e-30
        error = ((y[:, first : first + 4096].double() - expected).abs() / bound).max().item()
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


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--rows")
    parser.add_argument("--only")
    arguments = parser.parse_args()
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
    sys.path.insert(0, str(arguments.directory))
    import compress_cuda

    rows = [int(m) for m in arguments.rows.split(",")] if arguments.rows else manifest["rows"]
    report = {
        "version": 1, "gpu": torch.cuda.get_device_name(), "torch": torch.__version__,
        "cuda": torch.version.cuda, "date": time.strftime("%Y-%m-%d"), "chip": manifest["chip"],
        "clocks_before": get_clocks(), "results": [],
    }  # fmt: skip
    print(f"{report['gpu']}, PyTorch {report['torch']}, CUDA {report['cuda']}, {report['clocks_before']}")
    print(f"{'family':8}{'layer':10}{'m':>6}{'error':>8}{'us':>10}{'bf16 us':>10}{'ratio':>7}{'TFLOP/s':>9}{'GB/s':>7}")
    failures = 0
    torch.manual_seed(0)
    for item in manifest["objects"]:
        if arguments.only and item["family"] not in arguments.only.split(","):
            continue
        n, k = item["n"], item["k"]
        with compress_cuda.Model(arguments.directory / item["file"]) as model:
            functions = {f["symbol"]: f for f in model.signature["functions"]}
            weights, dense = make_weight(torch, item, functions[f"m{rows[0]}"])
            size = sum(t.numel() * t.element_size() for t in weights.values())
            copies = [weights] + [
                {name: t.clone() for name, t in weights.items()} for _ in range(-(-ROTATION // size) - 1)
            ]
            references = [dense] + [dense.clone() for _ in range(-(-ROTATION // (2 * n * k)) - 1)]
            for m in rows:
                x = torch.randn(m, k, device="cuda", dtype=torch.bfloat16)
                y, z = (torch.empty(m, n, device="cuda", dtype=torch.bfloat16) for _ in range(2))
                function = getattr(model, f"m{m}")

                def run(x, y, weights=weights, function=function):
                    arrays = {name: Bits(torch, t) for name, t in weights.items()}
                    stream = torch.cuda.current_stream().cuda_stream
                    function(x=Bits(torch, x), **arrays, out={"y": Bits(torch, y)}, stream=stream)

                error = check(torch, run, x, dense)
                result = {"family": item["family"], "layer": item["layer"], "m": m, "n": n, "k": k, "error": error}
                report["results"].append(result)
                if not error <= 1:
                    failures += 1
                    print(f"{item['family']:8}{item['layer']:10}{m:6}{error:8.3g}  beyond the bound: not timed")
                    continue
                # As many calls of both, so that the clock and the heat are shared.
                count = max(len(copies), len(references))
                ours = capture(torch, [
                    lambda w=copies[i % len(copies)]: run(x, y, w) for i in range(count)
                ])  # fmt: skip
                theirs = capture(torch, [
                    lambda w=references[i % len(references)]: torch.matmul(x, w, out=z) for i in range(count)
                ])  # fmt: skip
                own, base = measure(torch, [ours, theirs], count)
                moved = size + 2 * m * (n + k)
                result.update(us=own, torch_us=base, ratio=base / own, tflops=2e-6 * m * n * k / own, gbps=moved / own / 1e3)
                print(
                    f"{item['family']:8}{item['layer']:10}{m:6}{error:8.3g}{own:10.2f}{base:10.2f}{base / own:7.2f}"
                    f"{result['tflops']:9.1f}{result['gbps']:7.0f}"
                )
            del copies, references
        torch.cuda.empty_cache()
    report["clocks_after"] = get_clocks()
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=1))
    if failures:
        sys.exit(f"{failures} of {len(report['results'])} results are beyond their bound")


if __name__ == "__main__":
    main()
