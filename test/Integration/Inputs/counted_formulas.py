"""Transposable N:M, blocks, bitmaps and CSR in NumPy; see sparsity_formulas.py."""

import itertools
import math

import numpy as np

from sparsity_formulas import NM, Kept
from storage_formulas import Blocks


class TransposableNM(NM):
    """In each m x m tile the mask, n a row and n a column, of greatest sum in f32;
    on ties the first as a row-major sequence of bits."""

    def __init__(self, n, m, axis, other):
        super().__init__(n, m, axis)
        self.other = other

    def attribute(self):
        return f"{super().attribute()[:-1]}, transposable = {self.other}>"

    def prune(self, values):
        rows = [
            np.array(row) for row in itertools.product([0, 1], repeat=self.m)
            if sum(row) == self.n
        ]
        masks = [
            np.array(mask) for mask in itertools.product(rows, repeat=self.m)
            if (np.sum(mask, axis=0) == self.n).all()
        ]
        result = np.zeros_like(values)
        for i, j in itertools.product(*(range(0, extent, self.m) for extent in values.shape)):
            tile = values[i : i + self.m, j : j + self.m]
            best, most = None, None
            for mask in masks:
                total = np.float32(0)
                for magnitude in np.abs(tile)[mask == 1]:
                    total = np.float32(total + magnitude)
                if best is None or total > most:
                    best, most = mask, total
            result[i : i + self.m, j : j + self.m] = np.where(best, tile, np.float32(0))
        return result


def choose_nonzero(items, count):
    """The items that are stored: those that hold (true), and the lowest others."""
    nonzero = np.flatnonzero(items)
    others = np.flatnonzero(~items)[: count - len(nonzero)]
    return np.sort(np.concatenate([nonzero, others]))


def choose_greatest(importance, count):
    """The `count` greatest items, the lower ones on ties."""
    order = sorted(range(len(importance)), key=lambda at: (-importance[at], at))
    return np.sort(order[:count])


class BlockSparse:
    """Keeps the blocks of greatest sum of magnitudes, in f64 and row-major order."""

    def __init__(self, block, count):
        self.block, self.count = block, count

    def attribute(self):
        extents = ", ".join(map(str, self.block))
        return f"#compress.block<[{extents}], count = {self.count}>"

    def grid(self, shape):
        return [math.ceil(extent / size) for extent, size in zip(shape, self.block)]

    def tiles(self, values):
        """The part of the tensor that each block covers."""
        for at in np.ndindex(*self.grid(values.shape)):
            yield values[tuple(slice(i * b, (i + 1) * b) for i, b in zip(at, self.block))]

    def prune(self, values):
        sums = []
        for tile in self.tiles(values):
            total = 0.0
            for magnitude in np.abs(tile.astype(np.float64)).ravel():
                total += magnitude
            sums.append(total)
        result = np.zeros_like(values)
        kept = set(choose_greatest(sums, self.count))
        for number, (source, target) in enumerate(zip(self.tiles(values), self.tiles(result))):
            if number in kept:
                target[...] = source
        return result

    def select(self, values):
        nonzero = np.array([tile.any() for tile in self.tiles(values)])
        chosen = choose_nonzero(nonzero, self.count)
        corner = np.unravel_index(chosen, self.grid(values.shape))
        spread = (len(chosen),) + (1,) * values.ndim
        within = np.indices((1, *self.block))[1:]
        indices = [c.reshape(spread) * b + w for c, b, w in zip(corner, self.block, within)]
        inside = np.ones(indices[0].shape, bool)
        for index, extent in zip(indices, values.shape):
            inside = inside & (index < extent)
        indices = tuple(np.where(inside, index, 0) for index in indices)
        kept = np.where(inside, values[indices], np.float32(0))
        plain = {"indices": (chosen.astype(np.uint32), "i32")}
        return Kept(kept, Blocks(indices, inside, values.shape), plain=plain)


class Elements:
    """Keeps the elements of greatest magnitude."""

    def __init__(self, count):
        self.count = count

    def attribute(self):
        return f"#compress.{self.mnemonic}<count = {self.count}>"

    def prune(self, values):
        kept = choose_greatest(np.abs(values).ravel(), self.count)
        result = np.zeros_like(values)
        result.flat[kept] = values.flat[kept]
        return result

    def select(self, values):
        chosen = choose_nonzero((values != 0).ravel(), self.count)
        indices = np.unravel_index(chosen, values.shape)
        per_row = np.bincount(chosen // values.shape[-1], minlength=values[..., 0].size)
        offsets = np.concatenate([[0], np.cumsum(per_row)]).astype(np.uint32)
        plain = {**self.positions(indices, values.shape), "offsets": (offsets, "i32")}
        inside = np.ones(len(chosen), bool)
        return Kept(values[indices], Blocks(indices, inside, values.shape), plain=plain)


class Bitmap(Elements):
    mnemonic = "bitmap"

    def positions(self, indices, shape):
        bits = np.zeros(shape, bool)
        bits[indices] = True
        return {"bitmap": (np.packbits(bits, axis=-1, bitorder="little"), "i8")}


class CSR(Elements):
    mnemonic = "csr"

    def positions(self, indices, shape):
        return {"columns": (indices[-1].astype(np.uint32), "i32")}
