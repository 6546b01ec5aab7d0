"""The sparsities of #compress.scheme in NumPy, independent of the codec.

  attribute()    its text, None for the default
  prune(values)  the tensor with what pruning by magnitude removes set to zero
  select(values) the kept values of a tensor that obeys the sparsity: `Kept`
"""

import numpy as np

from storage_formulas import Blocks


class Kept:
    """Kept values, the dense position of each (`blocks`), and the components
    that tell the positions: `packed` are laid out as the values are, as
    (array, width); `plain` are not, as (bits, element type)."""

    def __init__(self, values, blocks, packed=None, plain=None):
        self.values, self.blocks = values, blocks
        self.packed, self.plain = packed or {}, plain or {}


class Dense:
    def attribute(self):
        return None

    def prune(self, values):
        return values

    def select(self, values):
        inside = np.ones(values.shape, bool)
        return Kept(values, Blocks(tuple(np.indices(values.shape)), inside, values.shape))


class NM:
    """Keeps the n greatest magnitudes of each m, lower positions on ties."""

    def __init__(self, n, m, axis):
        self.n, self.m, self.axis = n, m, axis

    def attribute(self):
        return f"#compress.nm<{self.n}:{self.m}, axis = {self.axis}>"

    def prune(self, values):
        lines = np.moveaxis(values, self.axis, -1).copy()
        groups = lines.reshape(-1, self.m)
        for group in groups:
            order = sorted(range(self.m), key=lambda at: (-abs(group[at]), at))
            group[order[self.n :]] = 0.0
        return np.moveaxis(groups.reshape(lines.shape), -1, self.axis)

    def select(self, values):
        n, m, axis = self.n, self.m, self.axis
        lines = np.moveaxis(values, axis, -1)
        shape = lines.shape[:-1] + (lines.shape[-1] // m * n,)
        groups = lines.reshape(-1, m)
        positions = []
        for group in groups:
            nonzero = [at for at in range(m) if group[at] != 0]
            zero = [at for at in range(m) if group[at] == 0]
            positions.append(sorted(nonzero + zero[: n - len(nonzero)]))
        positions = np.array(positions)
        kept = np.take_along_axis(groups, positions, 1)
        starts = (np.arange(len(groups)) % (lines.shape[-1] // m) * m)[:, None]
        back = lambda array: np.moveaxis(array.reshape(shape), -1, axis)
        kept, along, positions = back(kept), back(positions + starts), back(positions)
        indices = list(np.indices(kept.shape))
        indices[axis] = along
        blocks = Blocks(tuple(indices), np.ones(kept.shape, bool), values.shape)
        width = max(1, int(np.ceil(np.log2(m))))
        return Kept(kept, blocks, packed={"indices": (positions, width)})
