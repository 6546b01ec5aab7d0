"""Writes ranges of sites as ranges.npz and ranges.safetensors."""

import json
import struct
import sys

import numpy as np

ranges = {"a": (-1.0, 2.54), "b": (-1.0, 2.54), "c": (0.0, 5.1)}
np.savez(f"{sys.argv[1]}/ranges.npz", **{k: np.array(v) for k, v in ranges.items()})
header, data = {}, b""
for name, pair in ranges.items():
    offsets = [len(data), len(data) + 8]
    header[name] = {"dtype": "F32", "shape": [2], "data_offsets": offsets}
    data += struct.pack("<2f", *pair)
text = json.dumps(header).encode()
text += b" " * (-len(text) % 8)
with open(f"{sys.argv[1]}/ranges.safetensors", "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text + data)
