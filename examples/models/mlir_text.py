# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Prints one function of linalg ops on tensors as MLIR text.

Only what the example models need: external weights, matmuls, and
`linalg.generic` whose body is a list of scalar ops. Every op on tensors carries
a name location, which is the layer's name in reports.

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
        sizes = (str(d) if isinstance(d, int) else "?" for d in self.shape)
        return f"tensor<{'x'.join([*sizes, self.element])}>"


class Function:
    """Collects the ops of `func.func @main`."""

    def __init__(self, weights_file, arguments):
        """`arguments` are Values; their names become the function's inputs."""
        self._weights_file = weights_file
        self._arguments = arguments
        self._lines = []
        self._maps = {}
        self._count = 0

    def _result(self):
        self._count += 1
        return f"%{self._count - 1}"

    def _emit(self, text, loc=None):
        self._lines.append(f'  {text} loc("{loc}")' if loc else f"  {text}")

    def _map(self, dims, rank):
        domain = ", ".join(f"d{i}" for i in range(rank))
        results = ", ".join(f"d{i}" for i in dims)
        text = f"affine_map<({domain}) -> ({results})>"
        return self._maps.setdefault(text, f"#map{len(self._maps)}")

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
        source = f'#compress.external<"{self._weights_file}", "{key}">'
        self._emit(f"{value.name} = arith.constant {source} : {value.type}", key)
        return value

    def empty(self, shape, loc):
        value = Value(self._result(), shape, "f32")
        sizes = ", ".join(d for d in shape if isinstance(d, str))
        self._emit(f"{value.name} = tensor.empty({sizes}) : {value.type}", loc)
        return value

    def filled(self, shape, scalar, loc):
        init = self.empty(shape, loc)
        value = init._replace(name=self._result())
        self._emit(
            f"{value.name} = linalg.fill ins({scalar} : f32) "
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

    def generic(self, inputs, init, iterators, maps, body, loc):
        """A `linalg.generic` with one result.

        `iterators` has one letter a dimension, p(arallel) or r(eduction). In
        `body`, a list of ops as text, {0}, {1}, ... are the inputs' elements,
        {acc} is the init's, and {a}, {b}, ... results; the last op's result is
        yielded.
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
        self._emit(f"^bb0({', '.join([*arguments, '%acc: f32'])}):")
        elements = [f"%x{i}" for i in range(len(inputs))]
        results = {c: f"%{c}" for c in "abcdefgh"}
        for line in body:
            self._emit("  " + line.format(*elements, acc="%acc", **results))
        last = body[-1].split("=")[0].strip().format(**results)
        self._emit(f"  linalg.yield {last} : f32")
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

    def module(self, result, result_name):
        """The whole module; `result` is what the function returns."""
        arguments = ", ".join(
            f'{v.name}: {v.type} {{compress.name = "{v.name[1:]}"}}'
            for v in self._arguments
        )
        maps = "".join(f"{name} = {text}\n" for text, name in self._maps.items())
        body = "\n".join(self._lines)
        return (
            f"{maps}func.func @main({arguments}) -> "
            f'({result.type} {{compress.name = "{result_name}"}}) {{\n'
            f"{body}\n  return {result.name} : {result.type}\n}}\n"
        )
