# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Reads GGUF version 3 files: metadata, and tensors decoded to f32.

The layouts are those of the format's specification in the ggml project.
"""

import struct
from typing import NamedTuple

import numpy as np

from failure import Failure

STRING, ARRAY = 8, 9
SCALARS = dict(zip((0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12), "BbHhIif?Qqd"))
BLOCK = 32
ALIGNMENT = 32

# Type numbers of tensors, with the layout of a block of BLOCK elements.
F32 = 0
Q4_1 = 3
Q8_0 = 8
BLOCKS = {
    F32: np.dtype([("values", "<f4", BLOCK)]),
    Q4_1: np.dtype([("scale", "<f2"), ("low", "<f2"), ("codes", "u1", BLOCK // 2)]),
    Q8_0: np.dtype([("scale", "<f2"), ("codes", "i1", BLOCK)]),
}


class Tensor(NamedTuple):
    shape: tuple
    type: int
    offset: int


class _Reader:
    def __init__(self, data):
        self.data = data
        self.at = 0

    def scalar(self, code):
        (value,) = struct.unpack_from("<" + code, self.data, self.at)
        self.at += struct.calcsize(code)
        return value

    def string(self):
        length = self.scalar("Q")
        self.at += length
        return bytes(self.data[self.at - length : self.at]).decode()

    def value(self, kind):
        if kind == STRING:
            return self.string()
        if kind == ARRAY:
            kind, count = self.scalar("I"), self.scalar("Q")
            return [self.value(kind) for _ in range(count)]
        return self.scalar(SCALARS[kind])


class File:
    """`metadata` by key, and `tensors` by name."""

    def __init__(self, path):
        self._data = np.memmap(path, np.uint8, "r")
        reader = _Reader(memoryview(self._data))
        if bytes(self._data[:4]) != b"GGUF" or struct.unpack_from(
            "<I", reader.data, 4
        ) != (3,):
            raise Failure(f"{path}: expected a GGUF file of version 3")
        reader.at = 8
        tensors, pairs = reader.scalar("Q"), reader.scalar("Q")
        self.metadata = {}
        for _ in range(pairs):
            key = reader.string()
            self.metadata[key] = reader.value(reader.scalar("I"))
        self.tensors = {}
        for _ in range(tensors):
            name = reader.string()
            rank = reader.scalar("I")
            # The innermost dimension comes first in the file.
            shape = tuple(reader.scalar("Q") for _ in range(rank))[::-1]
            self.tensors[name] = Tensor(shape, reader.scalar("I"), reader.scalar("Q"))
        self._start = -(-reader.at // ALIGNMENT) * ALIGNMENT

    def dense(self, name):
        """The tensor in f32."""
        shape, kind, offset = self.tensors[name]
        if kind not in BLOCKS:
            raise Failure(
                f"tensor '{name}': expected one of the types "
                f"{sorted(BLOCKS)}, found {kind}"
            )
        layout = BLOCKS[kind]
        count = int(np.prod(shape)) // BLOCK
        first = self._start + offset
        blocks = self._data[first : first + count * layout.itemsize].view(layout)
        if kind == F32:
            values = blocks["values"]
        elif kind == Q8_0:
            values = blocks["codes"] * blocks["scale"].astype(np.float32)[:, None]
        else:
            # The low nibbles are the first half of a block.
            codes = blocks["codes"]
            codes = np.concatenate([codes & 15, codes >> 4], axis=1)
            scale, low = (
                blocks[part].astype(np.float32)[:, None] for part in ("scale", "low")
            )
            values = codes * scale + low
        return np.ascontiguousarray(values.reshape(shape), np.float32)
