"""Runs what is no matrix product as kernels on the emulator, against NumPy in f64.

  row_kernels.py DIRECTORY

Softmax, norms and reductions with what is elementwise around them, elementwise
ops and transpositions; of any length of rows, static and dynamic. What must hold
beside the numbers: one kernel where one is enough, no fault with all checks on, no
bank conflict, and no byte moved twice where rows begin at whole sectors.
"""

import json
import pathlib
import subprocess
import sys

import numpy as np

TYPES = {"f16": np.float16, "f32": np.float32, "i8": np.int8}
# Half a unit in the last place of 1.
ROUNDING = {"f16": 2.0**-11, "f32": 2.0**-24}
# What `compress-expand-device-math` states for exp, relative to the result.
EXP = 2.0**-21


def identity(rank):
    dims = ", ".join(f"d{i}" for i in range(rank))
    return f"affine_map<({dims}) -> ({dims})>"


def projection(rank, kept):
    dims = ", ".join(f"d{i}" for i in range(rank))
    return f"affine_map<({dims}) -> ({', '.join(f'd{i}' for i in kept)})>"


class Function:
    """A function on tensors whose ops are `linalg.generic`."""

    def __init__(self, shapes, element, is_dynamic):
        self.lines, self.number, self.is_dynamic = [], 0, is_dynamic
        self.shapes, self.elements = {}, {}
        for index, shape in enumerate(shapes):
            self.shapes[f"%x{index}"] = tuple(shape)
            self.elements[f"%x{index}"] = element
        self.arguments = list(self.shapes)
        self.source = {}
        for name in self.arguments:
            for dim, extent in enumerate(self.shapes[name]):
                self.source.setdefault(extent, (name, dim))

    def type(self, shape, element):
        sizes = "".join(f"{'?' if self.is_dynamic else s}x" for s in shape)
        return f"tensor<{sizes}{element}>"

    def fresh(self):
        self.number += 1
        return f"%v{self.number}"

    def line(self, text):
        self.lines.append("  " + text)

    def empty(self, shape, element):
        sizes = []
        for extent in shape if self.is_dynamic else ():
            name, dim = self.source[extent]
            index, size = self.fresh(), self.fresh()
            kind = self.type(self.shapes[name], self.elements[name])
            self.line(f"{index} = arith.constant {dim} : index")
            self.line(f"{size} = tensor.dim {name}, {index} : {kind}")
            sizes.append(size)
        result = self.fresh()
        self.line(f"{result} = tensor.empty({', '.join(sizes)}) : {self.type(shape, element)}")
        return result

    def generic(self, inputs, maps, shape, element, body, start=None, loops=None):
        """`body` gives the lines on %a, %b, ... and %acc whose last value is %r."""
        rank = loops or len(shape)
        output = self.empty(shape, element)
        kind = self.type(shape, element)
        if start is not None:
            constant, filled = self.fresh(), self.fresh()
            self.line(f"{constant} = arith.constant {start} : {element}")
            self.line(
                f"{filled} = linalg.fill ins({constant} : {element}) outs({output} : {kind}) -> {kind}"
            )
            output = filled
        kept = maps[-1]
        access = [projection(rank, m) for m in maps]
        iterators = ", ".join(
            '"parallel"' if i in kept else '"reduction"' for i in range(rank)
        )
        kinds = [self.type(self.shapes[x], self.elements[x]) for x in inputs]
        result = self.fresh()
        self.line(
            f"{result} = linalg.generic {{indexing_maps = [{', '.join(access)}], iterator_types = [{iterators}]}}"
        )
        self.line(
            f"    ins({', '.join(inputs)} : {', '.join(kinds)}) outs({output} : {kind}) {{"
        )
        names = [
            f"%{chr(97 + i)}: {self.elements[x]}" for i, x in enumerate(inputs)
        ]
        self.line(f"  ^bb0({', '.join([*names, f'%acc: {element}'])}):")
        for text in body:
            self.line(f"    {text}")
        self.line(f"    linalg.yield %r : {element}")
        self.line(f"  }} -> {kind}")
        self.shapes[result], self.elements[result] = tuple(shape), element
        return result

    def finish(self, result):
        arguments = ", ".join(
            f'{x}: {self.type(self.shapes[x], self.elements[x])} {{compress.name = "{x[1:]}"}}'
            for x in self.arguments
        )
        kind = self.type(self.shapes[result], self.elements[result])
        return (
            f'func.func @f({arguments}) -> ({kind} {{compress.name = "y"}}) {{\n'
            + "\n".join(self.lines)
            + f"\n  return {result} : {kind}\n}}\n"
        )


class Case:
    """A function, its inputs, and what it must give: `expected` and `bound`.

    `sectors` says whether rows begin at sectors, so that bytes are counted.
    """

    kernels = ["rows"]
    element = "f32"
    is_dynamic = False

    def __init__(self, *shape, **options):
        self.shape = shape
        self.__dict__.update(options)
        self.sectors = (shape[-1] * TYPES[self.element]().itemsize) % 32 == 0

    def function(self, shapes):
        return Function(shapes, self.element, self.is_dynamic)

    def name(self):
        dynamic = " dynamic" if self.is_dynamic else ""
        return f"{type(self).__name__} {self.shape} {self.element}{dynamic}"


class Softmax(Case):
    def draw(self, rng):
        x = 3 * rng.standard_normal(self.shape)
        return [x.astype(TYPES[self.element])]

    def text(self):
        f, t, rank = self.function([self.shape]), self.element, len(self.shape)
        every, row = list(range(rank)), list(range(rank - 1))
        outer = self.shape[:-1]
        low = "0xFF800000" if t == "f32" else "0xFC00"
        top = f.generic(["%x0"], [every, row], outer, t, [f"%r = arith.maximumf %a, %acc : {t}"], low, rank)
        exp = f.generic(
            ["%x0", top], [every, row, every], self.shape, t,
            [f"%s = arith.subf %a, %b : {t}", f"%r = math.exp %s : {t}"],
        )  # fmt: skip
        total = f.generic([exp], [every, row], outer, t, [f"%r = arith.addf %a, %acc : {t}"], "0.0", rank)
        return f.finish(
            f.generic([exp, total], [every, row, every], self.shape, t, [f"%r = arith.divf %a, %b : {t}"])
        )

    def expected(self, x):
        x = x[0].astype(np.float64)
        exp = np.exp(x - x.max(-1, keepdims=True))
        result = exp / exp.sum(-1, keepdims=True)
        # The difference rounds, relative to e^d by its own size; so do the
        # exponential, each of the additions and the division, and in f16 each
        # value between these.
        unit, n = ROUNDING[self.element], self.shape[-1]
        difference = np.abs(x - x.max(-1, keepdims=True)) * unit
        relative = difference + difference.max(-1, keepdims=True)
        relative += 2 * EXP + n * 2.0**-24 + 4 * unit
        # Exponentials below the least normal number may be zero.
        return result, 1.01 * relative * result + 2 * np.finfo(TYPES[self.element]).tiny


class LayerNorm(Case):
    def draw(self, rng):
        n = self.shape[-1]
        x = 1 + rng.standard_normal(self.shape)
        return [v.astype(np.float32) for v in (x, x[..., ::-1], rng.standard_normal(n), rng.standard_normal(n))]

    def text(self):
        n, rank = self.shape[-1], len(self.shape)
        f = self.function([self.shape, self.shape, (n,), (n,)])
        every, row, last = list(range(rank)), list(range(rank - 1)), [rank - 1]
        outer, add = self.shape[:-1], ["%r = arith.addf %a, %acc : f32"]
        # A sum that is a result of its own goes in front of the norm.
        x = f.generic(["%x0", "%x1"], [every, every, every], self.shape, "f32", ["%r = arith.addf %a, %b : f32"])
        total = f.generic([x], [every, row], outer, "f32", add, "0.0", rank)
        size = f"%n = arith.constant {n}.0 : f32"
        centred = f.generic(
            [x, total], [every, row, every], self.shape, "f32",
            [size, "%m = arith.divf %b, %n : f32", "%r = arith.subf %a, %m : f32"],
        )  # fmt: skip
        square = f.generic([centred], [every, every], self.shape, "f32", ["%r = arith.mulf %a, %a : f32"])
        variance = f.generic([square], [every, row], outer, "f32", add, "0.0", rank)
        body = [
            size,
            "%eps = arith.constant 1.0e-5 : f32",
            "%v = arith.divf %b, %n : f32",
            "%e = arith.addf %v, %eps : f32",
            "%s = math.rsqrt %e : f32",
            "%t = arith.mulf %a, %s : f32",
            "%u = arith.mulf %t, %c : f32",
            "%r = arith.addf %u, %d : f32",
        ]
        return f.finish(
            f.generic([centred, variance, "%x2", "%x3"], [every, row, last, last, every], self.shape, "f32", body)
        )

    def expected(self, x):
        a, b, gamma, beta = (v.astype(np.float64) for v in x)
        z, n = a + b, self.shape[-1]
        centred = z - z.mean(-1, keepdims=True)
        scale = 1 / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-5)
        result = centred * scale * gamma + beta
        # Each sum has n roundings of at most the sum of the magnitudes (Higham,
        # Accuracy and Stability of Numerical Algorithms, section 4.2); what the
        # mean is off by shifts all elements, and rsqrt adds 2^-22.
        unit = (n + 4) * 2.0**-24
        shift = unit * np.abs(z).mean(-1, keepdims=True) + 2.0**-24 * np.abs(z)
        # The variance moves by twice the shift times the mean magnitude.
        relative = unit + 2.0**-22 + 2.0**-22
        relative += scale**2 * (2 * shift * np.abs(centred)).mean(-1, keepdims=True)
        error = (shift + relative * np.abs(centred)) * scale * np.abs(gamma)
        return result, 1.02 * error + 2.0**-22 * (np.abs(result) + np.abs(beta))


class RMSNorm(Case):
    def draw(self, rng):
        return [rng.standard_normal(s).astype(np.float32) for s in (self.shape, self.shape[-1:])]

    def text(self):
        n, rank = self.shape[-1], len(self.shape)
        f = self.function([self.shape, (n,)])
        every, row, last = list(range(rank)), list(range(rank - 1)), [rank - 1]
        body = ["%p = arith.mulf %a, %a : f32", "%r = arith.addf %p, %acc : f32"]
        total = f.generic(["%x0"], [every, row], self.shape[:-1], "f32", body, "0.0", rank)
        body = [
            f"%n = arith.constant {n}.0 : f32",
            "%eps = arith.constant 1.0e-5 : f32",
            "%v = arith.divf %b, %n : f32",
            "%e = arith.addf %v, %eps : f32",
            "%s = math.rsqrt %e : f32",
            "%t = arith.mulf %a, %s : f32",
            "%r = arith.mulf %t, %c : f32",
        ]
        return f.finish(f.generic(["%x0", total, "%x1"], [every, row, last, every], self.shape, "f32", body))

    def expected(self, x):
        x, gamma = (v.astype(np.float64) for v in x)
        n = self.shape[-1]
        result = x / np.sqrt((x**2).mean(-1, keepdims=True) + 1e-5) * gamma
        # The sum of squares has n roundings, of which the root keeps half.
        return result, ((n + 4) / 2 * 2.0**-24 + 2.0**-22 + 2.0**-23) * np.abs(result)


class Sum(Case):
    """A sum over some dimensions, plus 0.5."""

    def __init__(self, *shape, over, **options):
        super().__init__(*shape, **options)
        self.over = over

    def draw(self, rng):
        return [rng.standard_normal(self.shape).astype(TYPES[self.element])]

    def text(self):
        f, t = self.function([self.shape]), self.element
        every = list(range(len(self.shape)))
        kept = [d for d in every if d not in self.over]
        body = [f"%r = arith.addf %a, %acc : {t}"]
        shape = [self.shape[d] for d in kept]
        return f.finish(f.generic(["%x0"], [every, kept], shape, t, body, "0.5", len(every)))

    def expected(self, x):
        x = x[0].astype(np.float64)
        result = x.sum(tuple(self.over)) + 0.5
        n = np.prod([self.shape[d] for d in self.over], dtype=int)
        bound = (n + 1) * 2.0**-24 * (np.abs(x).sum(tuple(self.over)) + 0.5)
        # Partial sums and the result are rounded to the type.
        unit = ROUNDING[self.element]
        bound += 3 * unit * (np.abs(x).sum(tuple(self.over)) + 0.5)
        return result, 1.01 * bound

    def name(self):
        return f"{super().name()} over {self.over}"


class Argmax(Case):
    """Where the largest element of a row is: 64-bit integers are reduced too."""

    def draw(self, rng):
        return [rng.standard_normal(self.shape).astype(np.float32)]

    def text(self):
        f, (m, n) = self.function([self.shape]), self.shape
        top = f.generic(["%x0"], [[0, 1], [0]], (m,), "f32", ["%r = arith.maximumf %a, %acc : f32"], "0xFF800000", 2)
        body = [
            "%i = linalg.index 1 : index",
            "%j = arith.index_cast %i : index to i64",
            "%is = arith.cmpf oeq, %a, %b : f32",
            f"%none = arith.constant {2**63 - 1} : i64",
            "%k = arith.select %is, %j, %none : i64",
            "%r = arith.minsi %k, %acc : i64",
        ]
        return f.finish(f.generic(["%x0", top], [[0, 1], [0], [0]], (m,), "i64", body, 2**63 - 1, 2))

    def expected(self, x):
        return x[0].argmax(-1), 0


class Add(Case):
    """An elementwise op with a line that is added to each row, and ReLU."""

    kernels = ["point"]

    def draw(self, rng):
        draw = [rng.standard_normal(s) * 30 for s in (self.shape, self.shape[-1:])]
        return [x.astype(TYPES[self.element]) for x in draw]

    def text(self):
        f, t, rank = self.function([self.shape, self.shape[-1:]]), self.element, len(self.shape)
        add, top = ("arith.addi", "arith.maxsi") if t == "i8" else ("arith.addf", "arith.maximumf")
        zero = "0" if t == "i8" else "0.0"
        body = [f"%s = {add} %a, %b : {t}", f"%z = arith.constant {zero} : {t}", f"%r = {top} %s, %z : {t}"]
        every = list(range(rank))
        return f.finish(f.generic(["%x0", "%x1"], [every, [rank - 1], every], self.shape, t, body))

    def expected(self, x):
        if self.element == "i8":
            return np.maximum(x[0] + x[1], 0), 0
        result = np.maximum(x[0].astype(np.float64) + x[1], 0)
        return result, ROUNDING[self.element] * result


class Double(Case):
    """An elementwise op on whole buffers, whose ends are no multiple of anything."""

    kernels = ["point"]

    def draw(self, rng):
        return [(rng.standard_normal(self.shape) * 30).astype(TYPES[self.element])]

    def text(self):
        f, t = self.function([self.shape]), self.element
        every = list(range(len(self.shape)))
        add = "arith.addi" if t == "i8" else "arith.addf"
        return f.finish(f.generic(["%x0"], [every, every], self.shape, t, [f"%r = {add} %a, %a : {t}"]))

    def expected(self, x):
        return 2 * x[0], 0


class Transpose(Case):
    kernels = ["transpose"]

    def __init__(self, *shape, order, **options):
        super().__init__(*shape, **options)
        self.order = order
        bytes_ = TYPES[self.element]().itemsize
        self.sectors &= shape[order[-1]] * bytes_ % 32 == 0

    def draw(self, rng):
        return [(rng.standard_normal(self.shape) * 30).astype(TYPES[self.element])]

    def text(self):
        f, t = self.function([self.shape]), self.element
        shape = [self.shape[d] for d in self.order]
        inverse = [self.order.index(d) for d in range(len(self.order))]
        add = "arith.addi" if t == "i8" else "arith.addf"
        every = list(range(len(shape)))
        return f.finish(f.generic(["%x0"], [inverse, every], shape, t, [f"%r = {add} %a, %a : {t}"]))

    def expected(self, x):
        return 2 * x[0].transpose(self.order), 0


CASES = [
    *[Softmax(5, n) for n in (1, 3, 10, 77, 384, 1000, 4097)],
    *[Softmax(5, n, is_dynamic=True) for n in (10, 77, 384, 1000, 4097)],
    Softmax(5, 8200, is_dynamic=True, again=3),
    Softmax(2, 3, 7, 64),
    Softmax(2, 20000, again=3),
    Softmax(9, 1000, element="f16"),
    Softmax(0, 77, is_dynamic=True),
    LayerNorm(13, 384),
    LayerNorm(3, 5, 77),
    LayerNorm(2, 4097, is_dynamic=True),
    RMSNorm(13, 384),
    RMSNorm(2, 1000, is_dynamic=True),
    Argmax(5, 77),
    Argmax(3, 1000, is_dynamic=True),
    Sum(7, 384, over=[1]),
    Sum(3, 4, 5, 6, over=[2, 3]),
    Sum(100, 40, element="f16", over=[1]),
    # Shared by blocks.
    Sum(100000, over=[0], kernels=["rows", "rows_0"]),
    Sum(70001, over=[0], is_dynamic=True, kernels=["rows", "rows_0"]),
    Sum(3, 50000, over=[1], kernels=["rows", "rows_0"]),
    Sum(500, 300, over=[0], kernels=["columns"], is_dynamic=True),
    Sum(3000, 64, over=[0], kernels=["columns", "columns_0"]),
    Sum(3, 100, 70, over=[1], kernels=["columns"]),
    Sum(2, 3, 40, element="f16", over=[0, 1], kernels=["columns"]),
    Sum(1000, 5, over=[0], kernels=["columns", "columns_0"]),
    *[Add(9, 384, element=t) for t in TYPES],
    Add(9, 7),
    Add(9, 77, is_dynamic=True),
    *[Double(3, 77, element=t) for t in TYPES],
    Double(5, 131, is_dynamic=True),
    Double(0, 131, is_dynamic=True),
    *[Transpose(64, 96, order=[1, 0], element=t) for t in TYPES],
    Transpose(65, 33, order=[1, 0]),
    Transpose(2, 40, 3, 72, order=[0, 2, 3, 1]),
    Transpose(3, 72, 40, order=[0, 2, 1], is_dynamic=True, element="f16"),
]


def inspect(case, inputs, output, kernels):
    names = [kernel["name"].removeprefix("f_") for kernel in kernels]
    if case.is_dynamic and case.kernels == ["rows"]:
        # One of the kernels for each length.
        fits = len(names) == 1 and names[0].startswith("rows")
    else:
        fits = names == case.kernels
    problems = [] if fits else [f"expected {case.kernels}, found {names}"]
    for kernel in kernels:
        if kernel["bankConflicts"]:
            problems.append(f"{kernel['bankConflicts']} bank conflicts")
    if case.sectors:
        moved = sum(k[f"global{kind}Bytes"] for k in kernels for kind in ("Load", "Store"))
        # A line that every row is combined with is read for every row, and a row that
        # no registers hold for each reduction.
        needed = output.nbytes + case.__dict__.get("again", 1) * sum(
            inputs[0].size * x.itemsize for x in inputs
        )
        if moved > 1.05 * needed:
            problems.append(f"{moved} bytes moved, {needed} needed")
    return problems


def check(directory, number, case):
    inputs = case.draw(np.random.default_rng(number))
    path = directory / f"{number}.mlir"
    path.write_text(case.text())
    np.savez(directory / "in.npz", **{f"x{i}": x for i, x in enumerate(inputs)})
    subprocess.run(
        ["compress-run", path, "--target=emulated", f"--inputs={directory}/in.npz",
         f"--outputs={directory}/out.npz", f"--counters={directory}/counters.json"],
        check=True,
    )  # fmt: skip
    found = np.load(directory / "out.npz")["y"]
    problems = []
    if found.size:
        expected, bound = case.expected(inputs)
        error = np.abs(found.astype(np.float64) - expected)
        if found.shape != np.shape(expected) or not np.all(error <= bound):
            problems.append(f"differs by {error.max()}")
        problems += inspect(case, inputs, found, json.loads((directory / "counters.json").read_text())["kernels"])
    for problem in problems:
        print(f"{case.name()}: {problem}")
    return not problems


def main():
    directory = pathlib.Path(sys.argv[1])
    results = [check(directory, number, case) for number, case in enumerate(CASES)]
    print(f"{len(results)} functions, {results.count(False)} wrong")
    sys.exit(not all(results))


if __name__ == "__main__":
    main()
