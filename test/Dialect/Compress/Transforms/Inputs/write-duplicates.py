"""Writes three equal weights, one that differs behind its first 4 KiB, and one
of the same bytes but another shape."""

import sys

import numpy as np
from safetensors.numpy import save_file

first = np.arange(2048, dtype=np.float32).reshape(64, 32)
close = first.copy()
close[63, 31] = 0
save_file(
    {"first": first, "tied": first.copy(), "copy": first.copy(), "close": close, "flat": first.reshape(-1).copy()},
    sys.argv[1],
)
