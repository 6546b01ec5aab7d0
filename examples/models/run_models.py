#!/usr/bin/env python3
# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compresses the example models and measures task metric, bytes and time.

Each model is prepared once. Its dense graph must give the outputs of a reference,
NumPy's or onnxruntime's; then every variant is compressed, run on the task, and timed beside
the dense graph. The table goes to standard output, and with --docs between the
markers of a Markdown file.
"""

import argparse
import functools
import hashlib
import json
import math
import os
import re
import shlex
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Callable, NamedTuple

# The products of training are small: a second thread of the linear algebra costs
# more than it brings, all the more when the machine has other work.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
import numpy as np

import convnets.train
import fashion_mnist.train
import filetypes.prepare
import minilm.prepare
import minilm.wordnet
import ppocr.prepare
import smollm2.prepare
from failure import Failure

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]


class Model(NamedTuple):
    """A model, its task, and how it is run.

    `prepare(directory, source)` writes the graph `dense.mlir`, the inputs of the
    task and of a timed call, the labels, the reference outputs, and `task.txt`,
    which says what is measured. Entries are functions of the module; None is its
    only one. `check(tools, directory)` holds what else must be right.
    """

    folder: str
    prepare: Callable
    metrics: Callable
    source: str | None
    tolerance: float = 1e-4
    entry: str | None = None
    bench_entry: str | None = None
    bench_runs: int = 30
    check: Callable = lambda tools, directory: None


def convnet(name):
    prepare = functools.partial(convnets.train.prepare, name)
    return Model("convnets", prepare, fashion_mnist.data.metrics, "fashion_mnist")


MODELS = {
    "fashion_mnist": Model(
        "fashion_mnist",
        fashion_mnist.train.prepare,
        fashion_mnist.data.metrics,
        "fashion_mnist",
    ),
    "cnn": convnet("cnn"),
    "resnet": convnet("resnet"),
    "minilm": Model("minilm", minilm.prepare.prepare, minilm.prepare.metrics, "wordnet"),
    "smollm2": Model(
        "smollm2",
        smollm2.prepare.prepare,
        smollm2.prepare.metrics,
        "bible",
        # Thirty layers of sums of 576 to 1536 products in another order.
        tolerance=2e-3,
        entry="score",
        bench_entry="generate",
        bench_runs=5,
        check=smollm2.prepare.check_text,
    ),
    "magika": Model(
        "filetypes",
        filetypes.prepare.prepare,
        filetypes.prepare.metrics,
        None,
        # Its first norm takes a variance as the difference of two means of 512
        # numbers, which nearly cancel for a few files. Sums in another order then
        # differ in what is left; onnxruntime's are closer to those in f64.
        tolerance=2e-4,
        bench_runs=10,
    ),
    "ppocr": Model(
        "ppocr",
        ppocr.prepare.prepare,
        ppocr.prepare.metrics,
        "wordnet",
        # Where two characters are nearly as likely, its last digits are amplified:
        # onnxruntime differs from itself without its optimizations by 1e-4.
        tolerance=5e-4,
        bench_runs=5,
    ),
}
VARIANTS = {
    "w8a16": ["--quantize=w8a16"],
    "w8a8": ["--quantize=w8a8"],
    "fp8": ["--quantize=fp8"],
    "mxfp8": ["--quantize=mxfp8"],
    "w4a16, groups of 32": ["--quantize={preset: w4a16, group_size: 32}"],
    "w4a16, groups of 128": ["--quantize={preset: w4a16, group_size: 128}"],
    "nf4": ["--quantize=nf4"],
    "nvfp4": ["--quantize=nvfp4"],
    "mxfp4": ["--quantize=mxfp4"],
    "kmeans4": ["--quantize=kmeans4"],
    "w3a16": ["--quantize=w3a16"],
    "w2a16": ["--quantize=w2a16"],
    "ternary": ["--quantize=ternary"],
    "2:4": ["--prune=2:4"],
    "2:4t": ["--prune=2:4t"],
    "0.7": ["--prune=0.7"],
    "block:32x32@0.8": ["--prune=block:32x32@0.8"],
    "2:4 + int8": ["--quantize=w8a16", "--prune=2:4"],
    "2:4 + int4": ["--quantize={preset: w4a16, group_size: 128}", "--prune=2:4"],
}


class Row(NamedTuple):
    """One line of the table; `ms` and `dense_ms` were timed interleaved."""

    name: str
    metrics: dict
    size: int
    ms: float
    dense_ms: float


def entry_flags(entry):
    return [f"--entry={entry}"] if entry else []


class Tools:
    """The command line tools of a build."""

    def __init__(self, directory):
        self.directory = directory

    def run(self, name, *arguments):
        command = [str(self.directory / name), *map(str, arguments)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except FileNotFoundError as error:
            raise Failure(
                f"{command[0]}: no such tool; build it, or pass the folder of the "
                "tools with --tools"
            ) from error
        if done.returncode != 0:
            raise Failure(
                f"exit status {done.returncode} of: {shlex.join(command)}\n"
                f"{done.stderr.strip()}"
            )

    def outputs(self, model, inputs, entry=None, *flags):
        path = model.with_suffix(".outputs.npz")
        self.run(
            "compress-run",
            model,
            *entry_flags(entry),
            *flags,
            f"--inputs={inputs}",
            f"--outputs={path}",
        )
        with np.load(path) as data:
            return dict(data)

    def bench(self, model, dense, inputs, entry=None, runs=30):
        """Milliseconds of the model and of the dense one."""
        path = model.with_suffix(".bench.json")
        self.run(
            "compress-run",
            model,
            *entry_flags(entry),
            f"--bench={runs}",
            f"--reference={dense}",
            f"--inputs={inputs}",
            f"--json={path}",
        )
        times = json.loads(path.read_text())["milliseconds"]
        return times["module"], times["reference"]


def external_entries(text):
    """The types of the external weights that a module names, by file and key."""
    name = r'"((?:[^"\\]|\\.)*)"'
    pattern = rf"#compress\.external<{name}, {name}[^>]*> : tensor<([^>]*)>"
    return {(file, key): kind for file, key, kind in re.findall(pattern, text)}


def model_bytes(path):
    """The module's file, and the external tensors that it names.

    Tensors count by their types: other tensors of a shared file are left out,
    and so is how a file has packed what the module has as floats.
    """
    total = path.stat().st_size
    for kind in external_entries(path.read_text()).values():
        *shape, element = kind.split("x")
        total += math.prod(map(int, shape)) * (int(re.sub(r"\D", "", element)) // 8)
    return total


def check(outputs, expected, tolerance, what):
    """Fails unless every expected output is finite and within `tolerance`."""
    for name, values in expected.items():
        error = np.abs(outputs[name] - values).max()
        if not error <= tolerance:
            raise Failure(
                f"{what}: output '{name}' differs from the reference by "
                f"{error:g}; expected at most {tolerance:g}"
            )


def stamp(name, source):
    """Names everything that the prepared files depend on."""
    digest = hashlib.sha256(str(source).encode())
    for path in [*HERE.glob("*.py"), *(HERE / MODELS[name].folder).glob("*.py")]:
        if path.name not in ("run_models.py", "test_models.py"):
            digest.update(path.name.encode() + path.read_bytes())
    digest.update((HERE / "requirements.txt").read_bytes())
    return digest.hexdigest()


def prepare(name, directory, source):
    """Writes the model's files unless they are there and up to date."""
    directory.mkdir(parents=True, exist_ok=True)
    marker, current = directory / "stamp", stamp(name, source)
    if marker.exists() and marker.read_text() == current:
        return
    marker.unlink(missing_ok=True)
    print(f"{name}: preparing the model and its task", file=sys.stderr)
    MODELS[name].prepare(directory, source)
    marker.write_text(current)


def measure(name, directory, variants, tools):
    """The rows of the table of one model, the dense one first."""
    model = MODELS[name]
    dense, inputs = directory / "dense.mlir", directory / "inputs.npz"
    labels = dict(np.load(directory / "labels.npz"))
    print(f"{name}: dense", file=sys.stderr)
    outputs = tools.outputs(dense, inputs, model.entry)
    expected = dict(np.load(directory / "reference.npz"))
    check(outputs, expected, model.tolerance, f"{name}, dense")
    model.check(tools, directory)
    dense_metrics = model.metrics(outputs, labels)
    rows = []
    for variant, flags in variants.items():
        print(f"{name}: {variant}", file=sys.stderr)
        small = directory / f"{re.sub('[^a-z0-9]+', '-', variant).strip('-')}.mlir"
        tools.run("compress-opt", *flags, dense, "-o", small)
        outputs = tools.outputs(small, inputs, model.entry)
        for output, values in outputs.items():
            if not np.isfinite(values).all():
                raise Failure(f"{small}: output '{output}' is not finite")
        ms, dense_ms = tools.bench(
            small, dense, directory / "bench.npz", model.bench_entry, model.bench_runs
        )
        metrics = model.metrics(outputs, labels)
        rows.append(Row(variant, metrics, model_bytes(small), ms, dense_ms))
    dense_ms = statistics.median(row.dense_ms for row in rows)
    return [Row("dense", dense_metrics, model_bytes(dense), dense_ms, dense_ms), *rows]


def table(rows):
    """A Markdown table, its columns aligned for reading as text too."""
    names = list(rows[0].metrics)
    cells = [["Variant", *names, "Bytes", "Smaller", "ms", "Faster"]]
    for row in rows:
        cells.append(
            [
                row.name,
                *(f"{row.metrics[n]:.4f}" for n in names),
                f"{row.size:,}",
                f"{rows[0].size / row.size:.2f}x",
                f"{row.ms:.2f}",
                f"{row.dense_ms / row.ms:.2f}x",
            ]
        )
    widths = [max(len(line[i]) for line in cells) for i in range(len(cells[0]))]
    rule = ["-" * widths[0], *("-" * (w - 1) + ":" for w in widths[1:])]
    lines = []
    for line in [cells[0], rule, *cells[1:]]:
        padded = [c.rjust(w) for c, w in zip(line, widths)]
        padded[0] = line[0].ljust(widths[0])
        lines.append(f"| {' | '.join(padded)} |")
    return "\n".join(lines)


def machine():
    """The processor and the cores that this process may use."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        found = re.search(r"model name\s*: (.*)", file.read())
    processor = found[1] if found else "unknown processor"
    return f"{processor}, {len(os.sched_getaffinity(0))} cores"


def updated(text, name, body):
    """`text` with what stands between the markers of `name` replaced."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    if text.count(begin) != 1 or text.count(end) != 1:
        raise Failure(f"expected '{begin}' and '{end}' once each in the document")
    before, rest = text.split(begin)
    if end not in rest:
        raise Failure(f"expected '{end}' after '{begin}' in the document")
    return f"{before}{begin}\n{body}\n{end}{rest.split(end)[1]}"


def parse(argv):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--models", nargs="+", choices=MODELS, default=list(MODELS), metavar="MODEL"
    )
    parser.add_argument(
        "--variants",
        nargs="+",
        choices=VARIANTS,
        metavar="VARIANT",
        help="default: all",
    )
    for flag in ("--quantize", "--prune"):
        parser.add_argument(
            flag,
            nargs="?",
            const="",
            help="measure this one variant, named as for compress-opt",
        )
    parser.add_argument("--tools", type=Path, default=ROOT / "build" / "bin")
    parser.add_argument(
        "--work", type=Path, default=ROOT / "build" / "models", help="generated files"
    )
    parser.add_argument("--docs", type=Path, help="Markdown file to update")
    parser.add_argument(
        "--fashion-mnist", type=Path, default=fashion_mnist.data.DATA, help="IDX files"
    )
    parser.add_argument("--wordnet", type=Path, default=minilm.wordnet.DICTIONARY)
    parser.add_argument(
        "--bible", default=smollm2.prepare.PROGRAM, help="program that prints verses"
    )
    args = parser.parse_args(argv)
    given = {"--quantize": args.quantize, "--prune": args.prune}
    flags = [f"{k}={v}" if v else k for k, v in given.items() if v is not None]
    if flags and args.variants:
        parser.error("--variants cannot be combined with --quantize or --prune")
    if args.docs and (flags or args.variants):
        parser.error("--docs needs every variant: leave out the flags that choose some")
    if flags:
        args.variants = {" ".join(flags): flags}
    else:
        args.variants = {k: VARIANTS[k] for k in args.variants or VARIANTS}
    return args


def main(argv=None):
    args = parse(argv)
    sources = {
        "fashion_mnist": args.fashion_mnist,
        "wordnet": args.wordnet,
        "bible": args.bible,
        None: None,
    }
    tools = Tools(args.tools)
    try:
        for name in args.models:
            directory = args.work / name
            prepare(name, directory, sources[MODELS[name].source])
            text = table(measure(name, directory, args.variants, tools))
            task = (directory / "task.txt").read_text().strip()
            body = f"{task} Measured on {machine()}.\n\n{text}"
            print(f"\n{name}: {body}")
            if args.docs:
                args.docs.write_text(updated(args.docs.read_text(), name, body))
    except Failure as failure:
        sys.exit(f"error: {failure}")


if __name__ == "__main__":
    main()
