#!/usr/bin/env python3
"""Compresses random small modules and compares with the reference lowering.

  random_modules.py --bin DIR [--seconds N] [--seed N] [--failures DIR]
  random_modules.py --bin DIR --check FILE

Each module is made from a seed: one to three layers of random kinds, shapes and
element types, with weights of ordinary and of extreme numbers, and a random
recipe. It is compressed twice. The tested way is the one of compress-opt's flags
(the codec folds the weights, decodes fuse into the ops). The reference plans the
same and stops: encode, decode and dense ops, each lowered by
convert-compress-to-linalg (with weights folded where the storage is learned, which
has no run-time encoder). Besides, the stages in the other order must give the same
text, and bytecode must read back to it.

Both ways decode the same numbers and differ in the order of sums. A sum of k
products has a relative error of at most k 2^-p (Higham, Accuracy and Stability of
Numerical Algorithms, 2002, section 3.1; p = 24, 11, 8 bits for f32, f16, bf16), so
the outputs' signal-to-noise ratio is at least 20 log10(2^p / (k layers)), less 20 dB
for cancellation between products, which the bound of the sums does not know.
Quantized activations may round a value to the next step when a sum differs in its
last bits; one step in 127 for each of them bounds these at 20 log10(127 / layers),
less the same 20 dB.

A module that fails is shrunk by compress-reduce and written into the failures
folder as a lit test that calls this script on itself.
"""

import argparse
import json
import math
import pathlib
import random
import shutil
import stat
import subprocess
import sys
import tempfile
import time

import numpy as np

QUANTIZE = [
    "w8a16", "w4a16", "w8a8", "w3a16", "w2a16", "fp8", "nf4", "mxfp4", "mxfp8", "nvfp4", "ternary", "kmeans4",
    "{num_bits: 8, symmetric: false}",
    "{num_bits: 5, strategy: group, group_size: 7}",
    "{num_bits: 6, strategy: tensor, symmetric: false, scale_dtype: bf16}",
    "{preset: w4a16, group_size: 16, observer: mse}",
    "{preset: w8a8, symmetric: false}",
    "{observer: percentile, percentile: 97}",
]
PRUNE = ["2:4", "4:8", "1:3", "'2:4t'", "0.7", "0.25", "block:4x4@0.5", "{pattern: 0.6, budget: row}",
         "{pattern: 0.5, format: csr}", "{pattern: 0.8, budget: global}"]
# Rules whose parameters only compress-fold computes.
FOLDED = ("kmeans4", "observer: mse", "observer: percentile")
PRECISION = {"f32": 24, "f16": 11, "bf16": 8}


def numbers(rng, shape, dtype):
    """Weights: mostly ordinary, sometimes at the edges."""
    values = rng.standard_normal(shape).astype(np.float32)
    kind = rng.integers(0, 8)
    if kind == 0:
        values[:] = 0
    elif kind == 1:
        values[:] = rng.standard_normal()
    elif kind == 2:
        values *= np.float32(2.0 ** -24)
    elif kind == 3:
        values[rng.random(shape) < 0.5] = 0
    elif kind == 4:
        values[..., 0] = 0
        values[..., -1] *= 100
    return values


def literal(values, dtype):
    """A dense attribute; hexadecimal bits keep every number."""
    if dtype == "f32":
        data = values.astype("<f4").tobytes()
    elif dtype == "f16":
        data = values.astype("<f2").tobytes()
    else:
        bits = values.astype("<f4").view("<u4")
        data = ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype("<u2").tobytes()
    if values.size == 1:
        return f"dense<{float(values.reshape(-1)[0]):.9e}>"
    return f'dense<"0x{data.hex().upper()}">'


class Module:
    """Builds the text of a module layer by layer."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.lines = []
        self.count = 0
        self.longest = 1
        self.dtype = str(self.rng.choice(["f32", "f32", "f32", "f16", "bf16"]))
        self.rows = int(self.rng.choice([1, 2, 3, 7, 16, 40]))
        self.dynamic = bool(self.rng.random() < 0.4)
        self.columns = self.extent()
        self.layers = int(self.rng.integers(1, 4))

    def extent(self):
        """A dividing extent more often than not."""
        return int(self.rng.choice([4, 8, 12, 16, 24, 32, 128, 5, 9, 17, 1, 70]))

    def name(self):
        self.count += 1
        return f"%v{self.count}"

    def emit(self, text):
        name = self.name()
        self.lines.append(f"  {name} = {text}")
        return name

    def type(self, *shape):
        return f"tensor<{'x'.join(map(str, shape))}x{self.dtype}>"

    def value_type(self, columns):
        return self.type("?" if self.dynamic else self.rows, columns)

    def weight(self, *shape):
        return self.emit(f"arith.constant {literal(numbers(self.rng, shape, self.dtype), self.dtype)} : {self.type(*shape)}")

    def empty(self, columns):
        sizes = "%rows" if self.dynamic else ""
        return self.emit(f"tensor.empty({sizes}) : {self.value_type(columns)}")

    def zeros(self, columns):
        result = self.value_type(columns)
        return self.emit(f"linalg.fill ins(%zero : {self.dtype}) outs({self.empty(columns)} : {result}) -> {result}")

    def matmul(self, x, inner, columns):
        kind = self.rng.integers(0, 4)
        source, result = self.value_type(inner), self.value_type(columns)
        init = self.zeros(columns)
        if kind == 0:
            # The weight lies transposed.
            w = self.weight(columns, inner)
            empty = self.emit(f"tensor.empty() : {self.type(inner, columns)}")
            w = self.emit(f"linalg.transpose ins({w} : {self.type(columns, inner)}) outs({empty} : {self.type(inner, columns)}) permutation = [1, 0]")
        elif kind == 1:
            w = self.weight(columns, inner)
            return self.emit(
                "linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, "
                'affine_map<(m, n, k) -> (m, n)>], iterator_types = ["parallel", "parallel", "reduction"]} '
                f"ins({x}, {w} : {source}, {self.type(columns, inner)}) outs({init} : {result}) {{\n"
                f"  ^bb0(%a: {self.dtype}, %b: {self.dtype}, %c: {self.dtype}):\n"
                f"    %p = arith.mulf %a, %b : {self.dtype}\n    %s = arith.addf %c, %p : {self.dtype}\n"
                f"    linalg.yield %s : {self.dtype}\n  }} -> {result}")
        else:
            w = self.weight(inner, columns)
        return self.emit(f"linalg.matmul ins({x}, {w} : {source}, {self.type(inner, columns)}) outs({init} : {result}) -> {result}")

    def elementwise(self, x, columns):
        kind = self.rng.integers(0, 4)
        result = self.value_type(columns)
        empty = self.empty(columns)
        maps = "affine_map<(m, n) -> (m, n)>"
        inputs, types, arguments = x, result, f"%a: {self.dtype}"
        if kind == 0:
            body = f"    %r = arith.maximumf %a, %zero : {self.dtype}\n"
        elif kind == 1:
            body = f"    %r = math.tanh %a : {self.dtype}\n"
        elif kind == 2:
            bias = self.weight(columns)
            inputs, types = f"{x}, {bias}", f"{result}, {self.type(columns)}"
            maps += ", affine_map<(m, n) -> (n)>"
            arguments += f", %b: {self.dtype}"
            body = f"    %r = arith.addf %a, %b : {self.dtype}\n"
        else:
            return x
        return self.emit(
            f'linalg.generic {{indexing_maps = [{maps}, affine_map<(m, n) -> (m, n)>], iterator_types = ["parallel", "parallel"]}} '
            f"ins({inputs} : {types}) outs({empty} : {result}) {{\n  ^bb0({arguments}, %o: {self.dtype}):\n{body}"
            f"    linalg.yield %r : {self.dtype}\n  }} -> {result}")

    def build(self):
        argument = self.value_type(self.columns)
        x, columns = "%x", self.columns
        for _ in range(self.layers):
            wider = self.extent()
            self.longest = max(self.longest, columns)
            x = self.elementwise(self.matmul(x, columns, wider), wider)
            columns = wider
        head = [f"func.func @main(%x: {argument}) -> {self.value_type(columns)} {{", f"  %zero = arith.constant 0.0 : {self.dtype}"]
        if self.dynamic:
            head += ["  %c0 = arith.constant 0 : index", f"  %rows = tensor.dim %x, %c0 : {argument}"]
        return "\n".join(head + self.lines + [f"  return {x} : {self.value_type(columns)}", "}"]) + "\n"


def header(quantize, prune, order, bound, rows, seed):
    """What --check needs, in the file itself."""
    return f"// RANDOM: {json.dumps(dict(quantize=quantize, prune=prune, order=order, bound=bound, rows=rows, seed=seed))}\n"


def make_case(seed):
    module = Module(seed)
    text = module.build()
    choose = random.Random(seed)
    prune = choose.choice(PRUNE) if choose.random() < 0.5 else None
    quantize = choose.choice(QUANTIZE) if prune is None or choose.random() < 0.7 else None
    order = choose.choice(["prune first", "quantize first"])
    bound = 20 * math.log10(2.0 ** PRECISION[module.dtype] / (module.longest * module.layers)) - 20
    if quantize and "w8a8" in quantize:
        bound = min(bound, 20 * math.log10(127 / module.layers) - 20)
    return header(quantize, prune, order, bound, module.rows, seed) + text


class Failure(Exception):
    pass


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        raise Failure(f"{' '.join(map(str, command))}\nended with status {done.returncode}\n{done.stderr[-2000:]}")
    return done.stdout


def check(path, tools):
    """Raises Failure when a module's two ways disagree."""
    case = json.loads(path.read_text().split("// RANDOM: ", 1)[1].split("\n", 1)[0])
    opt, runner = tools / "compress-opt", tools / "compress-run"
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        stages = [("prune", case["prune"]), ("quantize", case["quantize"])]
        stages = [stage for stage in stages if stage[1]]
        if case["order"] == "quantize first":
            stages.reverse()

        def compress(stages, name, *more):
            recipe = scratch / f"{name}.yaml"
            recipe.write_text("stages:\n" + "".join(
                f"  - {key}: {rule if rule.startswith('{') else '{' + ('pattern' if key == 'prune' else 'preset') + ': ' + rule + '}'}\n"
                for key, rule in stages))
            out = scratch / f"{name}.mlir"
            run(opt, path, f"--recipe={recipe}", "-o", out, *more)
            return out

        tested = compress(stages, "tested")
        if compress(stages[::-1], "other").read_text() != tested.read_text():
            raise Failure("the order of the stages changes the module")
        compress(stages, "bytecode", "--emit-bytecode")
        if run(opt, scratch / "bytecode.mlir") != run(opt, tested):
            raise Failure("bytecode does not read back to the same module")

        def option(key, rule):
            return f"compress-{key}{{rule={rule if rule.startswith('{') else rule}}}"

        passes = ["compress-normalize"] + [option(key, rule) for key, rule in stages]
        if any(key in (case["quantize"] or "") for key in FOLDED):
            passes.append("compress-fold")
        reference = scratch / "reference.mlir"
        run(opt, path, f"--pass-pipeline=builtin.module({','.join(passes)})", "-o", reference)
        result = scratch / "result.json"
        run(runner, tested, f"--reference={reference}", f"--batch={case['rows']}", f"--seed={case['seed']}", f"--json={result}")
        for output in json.loads(result.read_text())["outputs"]:
            ratio = output["sqnr_db"]
            if ratio == "inf" or output["max_error"] == 0:
                continue
            if not isinstance(ratio, (int, float)) or ratio < case["bound"]:
                raise Failure(f"output {output['name']} differs: {ratio} dB, expected at least {case['bound']:.1f} dB")


def shrink(path, tools, failures, message):
    """Reduces a failing module and writes it as a lit test."""
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        head = path.read_text().split("\n", 1)[0]
        # The reducer's tester gets a module without comments and is interested
        # in a status other than 0.
        tester = scratch / "tester.sh"
        tester.write_text(f"#!/bin/sh\n{{ echo '{head}'; cat \"$1\"; }} > \"$1.case.mlir\"\n"
                          f"exec {sys.executable} {pathlib.Path(__file__).resolve()} --bin {tools} --check \"$1.case.mlir\" 2>/dev/null\n")
        tester.chmod(tester.stat().st_mode | stat.S_IXUSR)
        reduced = scratch / "reduced.mlir"
        done = subprocess.run([tools / "compress-reduce", path, f"--reduction-tree=traversal-mode=0 test={tester}", "-o", reduced],
                              capture_output=True, text=True)
        body = reduced.read_text() if done.returncode == 0 and reduced.exists() else path.read_text().split("\n", 1)[1]
    failures.mkdir(parents=True, exist_ok=True)
    out = failures / path.name
    comment = "".join(f"// {line}\n" for line in message.strip().splitlines()[-8:])
    out.write_text(f"// RUN: %python %src_root/fuzz/random_modules.py --bin=%obj_root/bin --check=%s\n{head}\n{comment}\n{body}")
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, required=True, help="folder of the tools")
    parser.add_argument("--seconds", type=float, default=60, help="how long to go on")
    parser.add_argument("--seed", type=int, default=1, help="seed of the first module")
    parser.add_argument("--failures", type=pathlib.Path, default=pathlib.Path("random-failures"), help="where shrunk failures go")
    parser.add_argument("--check", type=pathlib.Path, help="check this module alone")
    arguments = parser.parse_args()
    tools = arguments.bin.resolve()
    if arguments.check:
        try:
            check(arguments.check, tools)
        except (Failure, subprocess.TimeoutExpired) as failure:
            sys.exit(str(failure))
        return
    end = time.monotonic() + arguments.seconds
    seed, failed = arguments.seed, 0
    with tempfile.TemporaryDirectory() as scratch:
        while time.monotonic() < end:
            path = pathlib.Path(scratch, f"random-{seed}.mlir")
            path.write_text(make_case(seed))
            try:
                check(path, tools)
            except (Failure, subprocess.TimeoutExpired) as failure:
                failed += 1
                print(f"seed {seed}: {failure}", file=sys.stderr)
                print(f"  shrunk to {shrink(path, tools, arguments.failures, str(failure))}", file=sys.stderr)
            seed += 1
    print(f"{seed - arguments.seed} modules, {failed} failed")
    sys.exit(failed != 0)


if __name__ == "__main__":
    main()
