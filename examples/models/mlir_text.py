# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Prints functions of linalg ops on tensors as MLIR text.

Only what the example models need: external weights, matmuls, convolutions,
`linalg.generic` whose body is a list of scalar ops, loops and calls. Every op on
tensors carries a name location, which is the layer's name in reports.

A shape is a tuple of ints and SSA names; an SSA name such as "%batch" stands
for a dynamic size that this value holds. Dimensions of an iteration space are
named d0, d1, ...; a map is written as a string of their indices, so "02" is
`(d0, d1, d2) -> (d0, d2)`.
"""

from typing import NamedTuple


class Value(NamedTuple):
    """An SSA value of tensor type."""

    name: str
    shape: tuple
    element: str

    @property
    def type(self):
        sizes = ("?" if isinstance(d, str) else str(d) for d in self.shape)
        return f"tensor<{'x'.join([*sizes, self.element])}>"


class Scalar(NamedTuple):
    """An SSA value of a scalar type."""

    name: str
    type: str


class Module:
    """The functions of a module, and the maps that they share."""

    def __init__(self, weights_file):
        self.weights_file = weights_file
        self._maps = {}
        self._functions = []

    def map(self, dims, rank):
        domain = ", ".join(f"d{i}" for i in range(rank))
        results = ", ".join(f"d{i}" for i in dims)
        text = f"affine_map<({domain}) -> ({results})>"
        return self._maps.setdefault(text, f"#map{len(self._maps)}")

    def add(self, text):
        self._functions.append(text)

    def __str__(self):
        maps = "".join(f"{name} = {text}\n" for text, name in self._maps.items())
        return maps + "".join(self._functions)


class Function:
    """Collects the ops of a function."""

    def __init__(self, module, name, arguments):
        """`arguments` are Values or Scalars; their names become the inputs'."""
        self._module = module
        self._name = name
        self._arguments = arguments
        self._lines = []
        self._depth = 1
        self._count = 0

    def _result(self):
        self._count += 1
        return f"%{self._count - 1}"

    def _emit(self, text, loc=None):
        text = "  " * self._depth + text
        self._lines.append(f'{text} loc("{loc}")' if loc else text)

    def _map(self, dims, rank):
        return self._module.map(dims, rank)

    def _operands(self, values):
        names = ", ".join(v.name for v in values)
        return f"{names} : {', '.join(v.type for v in values)}"

    def op(self, name, text):
        """One op printed as it is, its result under the given SSA name."""
        self._emit(f"{name} = {text}")
        return name

    def scalar(self, value, element="f32"):
        return self.op(self._result(), f"arith.constant {value} : {element}")

    def dim(self, name, value, index):
        position = self.op(self._result(), f"arith.constant {index} : index")
        return self.op(name, f"tensor.dim {value.name}, {position} : {value.type}")

    def weight(self, key, *shape):
        """A tensor that stays in the weights file, under the given key."""
        value = Value(self._result(), shape, "f32")
        source = f'#compress.external<"{self._module.weights_file}", "{key}">'
        self._emit(f"{value.name} = arith.constant {source} : {value.type}", key)
        return value

    def literal(self, numbers, element, loc):
        """A constant vector."""
        value = Value(self._result(), (len(numbers),), element)
        text = ", ".join(str(n) for n in numbers)
        self._emit(f"{value.name} = arith.constant dense<[{text}]> : {value.type}", loc)
        return value

    def empty(self, shape, loc, element="f32"):
        value = Value(self._result(), shape, element)
        sizes = ", ".join(d for d in shape if isinstance(d, str))
        self._emit(f"{value.name} = tensor.empty({sizes}) : {value.type}", loc)
        return value

    def filled(self, shape, scalar, loc, element="f32"):
        init = self.empty(shape, loc, element)
        value = init._replace(name=self._result())
        self._emit(
            f"{value.name} = linalg.fill ins({scalar} : {element}) "
            f"outs({init.name} : {init.type}) -> {value.type}",
            loc,
        )
        return value

    def matmul(self, x, weight, zero, loc, transposed=False):
        """x · weight, or x · weightᵀ for a weight stored as [out, in]."""
        size = weight.shape[0 if transposed else 1]
        init = self.filled((x.shape[0], size), zero, loc)
        value = init._replace(name=self._result())
        maps = ""
        if transposed:
            names = (self._map(m, 3) for m in ("02", "12", "01"))
            maps = f"indexing_maps = [{', '.join(names)}] "
        self._emit(
            f"{value.name} = linalg.matmul {maps}"
            f"ins({self._operands([x, weight])}) "
            f"outs({self._operands([init])}) -> {value.type}",
            loc,
        )
        return value

    def pad(self, x, widths, scalar, loc):
        """Puts `widths[i]` of the scalar before and after dimension i."""
        shape = tuple(d + 2 * w if w else d for d, w in zip(x.shape, widths))
        value = x._replace(name=self._result(), shape=shape)
        text = ", ".join(str(w) for w in widths)
        indices = ", ".join(f"%i{i}: index" for i in range(len(shape)))
        self._emit(f"{value.name} = tensor.pad {x.name} low[{text}] high[{text}] {{")
        self._emit(f"^bb0({indices}):")
        self._emit(f"  tensor.yield {scalar} : {x.element}")
        self._emit(f"}} : {x.type} to {value.type}", loc)
        return value

    def _window(self, name, x, window, shape, stride, scalar, loc):
        """An op on windows of [batch, height, width, channels] images."""
        init = self.filled(shape, scalar, loc)
        value = init._replace(name=self._result())
        self._emit(
            f"{value.name} = linalg.{name} {{dilations = dense<1> : tensor<2xi64>, "
            f"strides = dense<{stride}> : tensor<2xi64>}} "
            f"ins({self._operands([x, window])}) "
            f"outs({self._operands([init])}) -> {value.type}",
            loc,
        )
        return value

    def conv(self, x, weight, stride, zero, loc):
        """Without padding; the weight is [height, width, in, out]."""
        batch, height, width, _ = x.shape
        rows, columns, _, channels = weight.shape
        height, width = (height - rows) // stride + 1, (width - columns) // stride + 1
        shape = (batch, height, width, channels)
        return self._window("conv_2d_nhwc_hwcf", x, weight, shape, stride, zero, loc)

    def max_pool(self, x, size, lowest, loc):
        """Over squares that do not overlap."""
        batch, height, width, channels = x.shape
        shape = (batch, height // size, width // size, channels)
        window = self.empty((size, size), loc)
        return self._window("pooling_nhwc_max", x, window, shape, size, lowest, loc)

    def generic(self, inputs, init, iterators, maps, body, loc):
        """A `linalg.generic` with one result.

        `iterators` has one letter a dimension, p(arallel) or r(eduction). In
        `body`, a list of ops as text, {0}, {1}, ... are the inputs' elements,
        {acc} is the init's, and {a}, {b}, ... results; the last op's result is
        yielded, or the first input's element when there is no op.
        """
        value = init._replace(name=self._result())
        kinds = {"p": '"parallel"', "r": '"reduction"'}
        names = ", ".join(self._map(m, len(iterators)) for m in maps)
        arguments = [f"%x{i}: {v.element}" for i, v in enumerate(inputs)]
        self._emit(
            f"{value.name} = linalg.generic {{indexing_maps = [{names}], "
            f"iterator_types = [{', '.join(kinds[i] for i in iterators)}]}} "
            + (f"ins({self._operands(inputs)}) " if inputs else "")
            + f"outs({self._operands([init])}) {{"
        )
        self._emit(f"^bb0({', '.join([*arguments, f'%acc: {init.element}'])}):")
        elements = [f"%x{i}" for i in range(len(inputs))]
        results = {c: f"%{c}" for c in "abcdefghijkl"}
        for line in body:
            self._emit("  " + line.format(*elements, acc="%acc", **results))
        last = body[-1].split("=")[0].strip().format(**results) if body else "%x0"
        self._emit(f"  linalg.yield {last} : {init.element}")
        self._emit(f"}} -> {value.type}", loc)
        return value

    def reshape(self, value, groups, shape, loc):
        """Merges or splits dimensions; `groups` as MLIR writes them."""
        result = Value(self._result(), shape, value.element)
        if len(shape) < len(value.shape):
            text = f"tensor.collapse_shape {value.name} {groups} : "
        else:
            sizes = ", ".join(str(d) for d in shape)
            text = (
                f"tensor.expand_shape {value.name} {groups} output_shape [{sizes}] : "
            )
        self._emit(f"{result.name} = {text}{value.type} into {result.type}", loc)
        return result

    def slice(self, x, offsets, sizes, loc, dropped=()):
        """A part of a tensor; `dropped` dimensions have extent 1 and go away."""
        shape = tuple(d for i, d in enumerate(sizes) if i not in dropped)
        value = Value(self._result(), shape, x.element)
        self._emit(
            f"{value.name} = tensor.extract_slice {x.name}"
            f"{self._part(offsets, sizes)} : {x.type} to {value.type}",
            loc,
        )
        return value

    def insert(self, part, x, offsets, sizes, loc):
        """`x` with a part replaced; dimensions of extent 1 may be missing."""
        value = x._replace(name=self._result())
        self._emit(
            f"{value.name} = tensor.insert_slice {part.name} into {x.name}"
            f"{self._part(offsets, sizes)} : {part.type} into {x.type}",
            loc,
        )
        return value

    def _part(self, offsets, sizes):
        lists = (offsets, sizes, [1] * len(sizes))
        return "".join(f"[{', '.join(str(d) for d in part)}]" for part in lists)

    def call(self, function, operands, results):
        """`results` are what the values look like; their names are new."""
        results = [r._replace(name=self._result()) for r in results]
        types = ", ".join(r.type for r in results)
        self._emit(
            f"{', '.join(r.name for r in results)} = func.call @{function}"
            f"({', '.join(v.name for v in operands)}) : "
            f"({', '.join(v.type for v in operands)}) -> ({types})"
        )
        return results

    def loop(self, index, count, carried, body):
        """`index` from 0 to `count`; `body` maps the carried values to new ones."""
        zero, one = self.scalar(0, "index"), self.scalar(1, "index")
        inner = [v._replace(name=self._result()) for v in carried]
        results = [v._replace(name=self._result()) for v in carried]
        types = ", ".join(v.type for v in carried)
        pairs = ", ".join(f"{i.name} = {v.name}" for i, v in zip(inner, carried))
        self._emit(
            f"{', '.join(r.name for r in results)} = scf.for {index} = {zero} "
            f"to {count} step {one} iter_args({pairs}) -> ({types}) {{"
        )
        self._depth += 1
        names = ", ".join(v.name for v in body(*inner))
        self._emit(f"scf.yield {names} : {types}")
        self._depth -= 1
        self._emit("}")
        return results

    def finish(self, results, private=False):
        """Adds the function to the module; `results` is a dictionary by name."""

        def described(kind, name):
            return kind if private else f'{kind} {{compress.name = "{name}"}}'

        arguments = ", ".join(
            f"{v.name}: {described(v.type, v.name[1:])}" for v in self._arguments
        )
        types = ", ".join(v.type for v in results.values())
        kinds = ", ".join(described(v.type, name) for name, v in results.items())
        body = "\n".join(self._lines)
        self._module.add(
            f"func.func {'private ' if private else ''}@{self._name}({arguments}) -> "
            f"({kinds}) {{\n{body}\n"
            f"  return {', '.join(v.name for v in results.values())} : {types}\n}}\n"
        )
