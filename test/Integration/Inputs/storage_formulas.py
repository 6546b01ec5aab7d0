"""The storages of #compress.scheme in NumPy, independent of the codec.

A storage says how kept values are stored:

  attribute()                   its text
  encode(kept, blocks, dense)   the stored codes, unsigned integers, and its
                                parameters: names and (bits, element type)
  decode()                      the float32 values of what was encoded last

where `kept` is a float32 array of kept values, padding excluded in `blocks`.
"""

import math

import numpy as np

from float_formulas import get_carrier, get_limits, get_width, round_to, to_bits


class Blocks:
    """Which block each kept value belongs to.

    `indices` has the dense index of each value along each dimension, `inside`
    is false for padding, `shape` is the dense shape.
    """

    def __init__(self, indices, inside, shape):
        self.indices, self.inside, self.shape = indices, inside, shape

    def grid(self, block):
        return [
            (math.ceil(extent / size) if size else min(extent, 1))
            for extent, size in zip(self.shape, block)
        ]

    def of(self, block):
        """The index of each value's block, one array per dimension."""
        return tuple(
            np.minimum(index, extent - 1) // size if size else np.zeros_like(index)
            for index, extent, size in zip(self.indices, self.shape, block)
        )

    def reduce(self, ufunc, block, values, initial=0):
        """A reduction over the values of each block."""
        result = np.full(self.grid(block), initial, values.dtype)
        where = tuple(index[self.inside] for index in self.of(block))
        ufunc.at(result, where, values[self.inside])
        return result

    def members(self, block):
        """For each block, which values it has, in row-major order of the dense
        tensor."""
        grid = self.grid(block)
        order = np.ravel_multi_index(
            tuple(index[self.inside] for index in self.indices), self.shape
        )
        flat = np.flatnonzero(self.inside)[np.argsort(order, kind="stable")]
        owner = np.ravel_multi_index(self.of(block), grid).reshape(-1)[flat]
        for at in range(math.prod(grid)):
            yield np.unravel_index(at, grid), flat[owner == at]


class Scaling:
    def __init__(self, scale="f32", block=(0, 0), super=None, super_block=(0, 0)):
        self.scale, self.block = scale, block
        self.super, self.super_block = super, super_block

    def keys(self, key="scale", always=False):
        extents = lambda block: ", ".join(str(e) if e else "*" for e in block)
        text = ""
        if any(self.block):
            text += f", block = [{extents(self.block)}]"
        if always or self.scale != "f32":
            text += f", {key} = {self.scale}"
        if self.super:
            text += f", super = {self.super}"
            if any(self.super_block):
                text += f", super_block = [{extents(self.super_block)}]"
        return text

    def make(self, ranges, divisor, floor):
        """The f32 scales of the grid, and the parameters."""
        with np.errstate(over="ignore"):
            raw = ranges / np.float32(divisor)
        if self.super:
            return self.make_two_levels(raw)
        if self.scale == "f8E8M0FNU":
            scales = self.make_powers(ranges, raw, divisor, floor)
        else:
            scales = round_to(np.clip(raw, *get_limits(self.scale)), self.scale)
        scales = np.where(ranges == 0, np.float32(1), scales)
        return scales, {"scales": self.store(scales, self.scale)}

    @staticmethod
    def store(scales, dtype):
        return to_bits(scales, dtype), get_carrier(dtype)

    @staticmethod
    def make_powers(ranges, raw, divisor, floor):
        # frexp has fractions from 1/2 to 1.
        if floor:
            exponents = np.frexp(ranges)[1] - 1 - (math.frexp(divisor)[1] - 1)
        else:
            fractions, exponents = np.frexp(raw)
            exponents = np.where(fractions == 0.5, exponents - 1, exponents)
            exponents = np.where(np.isinf(raw), 127, exponents)
        return np.ldexp(np.float32(1), np.clip(exponents, -126, 127))

    def make_two_levels(self, raw):
        ratios = [
            super // block if super else 0
            for block, super in zip(self.block, self.super_block)
        ]
        where = tuple(
            index // ratio if ratio else np.zeros_like(index)
            for index, ratio in zip(np.indices(raw.shape), ratios)
        )
        shape = [
            math.ceil(extent / ratio) if ratio else min(extent, 1)
            for extent, ratio in zip(raw.shape, ratios)
        ]
        largest = np.zeros(shape, np.float32)
        np.maximum.at(largest, where, raw)
        with np.errstate(over="ignore"):
            supers = np.clip(largest / get_limits(self.scale)[1], *get_limits(self.super))
            supers = np.where(largest == 0, np.float32(1), round_to(supers, self.super))
            scales = np.clip(raw / supers[where], *get_limits(self.scale))
            scales = round_to(scales, self.scale)
            products = np.minimum(scales * supers[where], get_limits("f32")[1])
        return products, {
            "scales": self.store(scales, self.scale),
            "super_scales": self.store(supers, self.super),
        }


class Storage:
    """What most storages share: one code per value, with a scale per block."""

    vector = 1

    def encode(self, kept, blocks):
        scales, parameters = self.get_scales(kept, blocks)
        self.scales = scales[blocks.of(self.scaling.block)]
        with np.errstate(over="ignore"):
            self.codes = self.get_codes(kept / self.scales)
        return self.codes, parameters

    def decode(self):
        with np.errstate(over="ignore"):
            return (self.get_elements(self.codes) * self.scales).astype(np.float32)


class Affine(Storage):
    def __init__(self, width, symmetric, scaling):
        self.width, self.symmetric, self.scaling = width, symmetric, scaling

    def attribute(self):
        tail = "" if self.symmetric else ", asymmetric"
        return f"#compress.affine<i{self.width}{self.scaling.keys()}{tail}>"

    def encode(self, kept, blocks):
        qmin, qmax = -(2 ** (self.width - 1)), 2 ** (self.width - 1) - 1
        block = self.scaling.block
        lo = blocks.reduce(np.minimum, block, kept)
        hi = blocks.reduce(np.maximum, block, kept)
        zero_points = np.zeros(lo.shape, np.float32)
        if self.symmetric:
            scales, parameters = self.scaling.make(np.maximum(-lo, hi), qmax, True)
        else:
            with np.errstate(over="ignore"):
                ranges = hi - lo
            scales, rest = self.scaling.make(ranges, qmax - qmin, False)
            zero_points = np.clip(np.rint(qmin - lo / scales), qmin, qmax)
            bits = zero_points.astype(np.int8).view(np.uint8)
            parameters = {"scales": rest.pop("scales"), "zero_points": (bits, "i8"), **rest}
        self.scales = scales[blocks.of(block)]
        self.zero_points = zero_points[blocks.of(block)]
        with np.errstate(over="ignore"):
            quotients = np.rint(kept / self.scales)
        self.integers = np.clip(quotients + self.zero_points, qmin, qmax)
        return self.integers.astype(np.int64) & (2**self.width - 1), parameters

    def decode(self):
        with np.errstate(over="ignore"):
            differences = (self.integers - self.zero_points).astype(np.float32)
            return (differences * self.scales).astype(np.float32)


class Float(Storage):
    """Values of a type, alone."""

    def __init__(self, dtype):
        self.dtype, self.width = dtype, get_width(dtype)

    def attribute(self):
        return f"#compress.float<{self.dtype}>"

    def encode(self, kept, blocks):
        self.values = round_to(kept, self.dtype)
        return to_bits(self.values, self.dtype), {}

    def decode(self):
        return self.values


class ScaledFloat(Storage):
    def __init__(self, dtype, scaling):
        self.dtype, self.width, self.scaling = dtype, get_width(dtype), scaling

    def attribute(self):
        return f"#compress.float<{self.dtype}{self.scaling.keys(always=True)}>"

    def get_scales(self, kept, blocks):
        amax = blocks.reduce(np.maximum, self.scaling.block, np.abs(kept))
        return self.scaling.make(amax, float(get_limits(self.dtype)[1]), True)

    def get_codes(self, quotients):
        self.elements = round_to(quotients, self.dtype)
        return to_bits(self.elements, self.dtype)

    def get_elements(self, codes):
        return self.elements


class NF4(Storage):
    # QLoRA, arXiv:2305.14314, appendix E.
    TABLE = np.float32(
        "-1.0 -0.6961928009986877 -0.5250730514526367 -0.39491748809814453"
        " -0.28444138169288635 -0.18477343022823334 -0.09105003625154495 0.0"
        " 0.07958029955625534 0.16093020141124725 0.24611230194568634"
        " 0.33791524171829224 0.44070982933044434 0.5626170039176941"
        " 0.7229568362236023 1.0".split()
    )
    width = 4

    def __init__(self, scaling):
        self.scaling = scaling

    def attribute(self):
        return f"#compress.codebook<nf4{self.scaling.keys()}>"

    def get_scales(self, kept, blocks):
        amax = blocks.reduce(np.maximum, self.scaling.block, np.abs(kept))
        return self.scaling.make(amax, 1, False)

    def get_codes(self, quotients):
        middles = (self.TABLE[:-1] + self.TABLE[1:]) * np.float32(0.5)
        return np.searchsorted(middles, quotients, side="left")

    def get_elements(self, codes):
        return self.TABLE[codes]


class Ternary(Storage):
    width = 2

    def __init__(self, scaling):
        self.scaling = scaling

    def attribute(self):
        return f"#compress.codebook<ternary{self.scaling.keys()}>"

    def get_scales(self, kept, blocks):
        means = np.zeros(blocks.grid(self.scaling.block), np.float32)
        values = np.abs(kept).astype(np.float64).reshape(-1)
        for at, members in blocks.members(self.scaling.block):
            if len(members):
                # cumsum adds one after the other.
                means[at] = np.cumsum(values[members])[-1] / len(members)
        return self.scaling.make(means, 1, False)

    def get_codes(self, quotients):
        return np.clip(np.rint(quotients), -1, 1).astype(np.int64) + 1

    def get_elements(self, codes):
        return (codes - 1).astype(np.float32)


class Learned:
    """Codebooks of single values: a table per block."""

    vector = 1

    def __init__(self, kind, width, scaling):
        self.kind, self.width, self.scaling = kind, width, scaling

    def attribute(self):
        return f"#compress.codebook<{self.kind}, i{self.width}{self.scaling.keys('table')}>"

    def learn(self, values):
        """The table of one block."""
        count, dtype = 2**self.width, self.scaling.scale
        if not len(values):
            return np.zeros(count, np.float32)
        ordered = np.sort(values).astype(np.float64)
        ranks = (np.arange(count) + 0.5) / count * (len(ordered) - 1)
        lower = np.floor(ranks).astype(int)
        upper = np.minimum(lower + 1, len(ordered) - 1)
        entries = ordered[lower] + (ordered[upper] - ordered[lower]) * (ranks - lower)
        with np.errstate(over="ignore"):
            table = round_to(entries.astype(np.float32), dtype)
        if self.kind == "quantile":
            return table
        before = None
        for _ in range(25):
            # Values halfway between two entries belong to the lower one.
            ends = np.searchsorted(ordered, get_middles(table), side="right")
            ends = [0, *ends, len(ordered)]
            if ends == before:
                break
            for i, (begin, end) in enumerate(zip(ends, ends[1:])):
                if begin < end:
                    mean = np.cumsum(ordered[begin:end])[-1] / (end - begin)
                    table[i] = round_to(np.float32(mean), dtype)
            before = ends
        return table

    def encode(self, kept, blocks):
        block, count = self.scaling.block, 2**self.width
        tables = np.zeros([*blocks.grid(block), count], np.float32)
        self.codes = np.zeros(kept.shape, np.int64)
        self.values = np.zeros(kept.shape, np.float32)
        flat = kept.reshape(-1)
        for at, members in blocks.members(block):
            table = tables[at] = self.learn(flat[members])
            middles = get_middles(table)
            codes = np.searchsorted(middles, flat[members].astype(np.float64), side="left")
            self.codes.reshape(-1)[members] = codes
            self.values.reshape(-1)[members] = table[codes]
        dtype = self.scaling.scale
        return self.codes, {"codebook": (to_bits(tables[..., None], dtype), dtype)}

    def decode(self):
        return self.values


def get_middles(table):
    """The middles between neighbours, exact in float64 for ordinary values."""
    wide = table.astype(np.float64)
    return (wide[:-1] + wide[1:]) * 0.5


class Vectors(Learned):
    """Codebooks of vectors along the innermost dimension: one table per tensor."""

    def __init__(self, kind, width, vector, dtype):
        super().__init__(kind, width, Scaling(dtype))
        self.vector = vector

    def attribute(self):
        return f"{super().attribute()[:-1]}, vector = {self.vector}>"

    def get_nearest(self, vectors, table):
        """The first entry of least distance, summed in the order of the lanes."""
        distances = np.zeros((len(vectors), len(table)))
        for lane in range(self.vector):
            wide = vectors[:, lane, None].astype(np.float64) - table[:, lane]
            distances += wide * wide
        return distances.argmin(axis=1)

    def learn(self, vectors):
        count, dtype = 2**self.width, self.scaling.scale
        if not len(vectors):
            return np.zeros((count, self.vector), np.float32)
        first = vectors[[(2 * i + 1) * len(vectors) // (2 * count) for i in range(count)]]
        # lexsort takes the most significant key last.
        table = round_to(first[np.lexsort(first.T[::-1])], dtype)
        if self.kind == "quantile":
            return table
        before = None
        for _ in range(25):
            codes = self.get_nearest(vectors, table)
            if before is not None and (codes == before).all():
                break
            for entry in range(count):
                members = vectors[codes == entry].astype(np.float64)
                if len(members):
                    # Sums begin at +0, which a sum of -0 alone keeps.
                    mean = (np.cumsum(members, axis=0)[-1] + 0.0) / len(members)
                    table[entry] = mean.astype(np.float32)
            table = round_to(table, dtype)
            before = codes
        return table

    def encode(self, kept, blocks):
        columns = kept.shape[-1]
        rows = kept.reshape(-1, columns) if kept.size else np.zeros((0, columns), np.float32)
        padded = np.pad(rows, [(0, 0), (0, -columns % self.vector)])
        vectors = padded.reshape(-1, self.vector)
        table = self.learn(vectors)
        codes = self.get_nearest(vectors, table)
        self.values = table[codes].reshape(padded.shape)[:, :columns].reshape(kept.shape)
        self.codes = codes.reshape(*kept.shape[:-1], -1)
        dtype = self.scaling.scale
        shape = [1] * len(blocks.shape) + [*table.shape]
        return self.codes, {"codebook": (to_bits(table.reshape(shape), dtype), dtype)}
