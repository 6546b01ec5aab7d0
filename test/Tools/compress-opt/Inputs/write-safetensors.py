# Writes a safetensors file with the f32 tensors "a" and "b" of 64x32 elements:
#   write-safetensors.py FILE [KIND]
# KIND is what is wrong with it; see below. The format is specified at
# https://github.com/huggingface/safetensors#format.

import json
import struct
import sys

ROWS, COLUMNS = 64, 32
path, kind = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "good"

# Every number is different, so that pruning has one answer.
values = [(i * 37 % 2048 - 1023.5) / 1024 for i in range(ROWS * COLUMNS)]
size = 4 * len(values)
header = {
    name: {"dtype": "F32", "shape": [ROWS, COLUMNS], "data_offsets": [i * size, (i + 1) * size]}
    for i, name in enumerate(("a", "b"))
}
second = values[::-1]

if kind == "nan":
    second[5 * COLUMNS + 3] = float("nan")
elif kind == "infinity":
    second[5 * COLUMNS + 3] = float("-inf")
elif kind == "offsets-outside":
    header["b"]["data_offsets"] = [size, 3 * size]
    header["b"]["shape"] = [2 * ROWS, COLUMNS]
elif kind == "overlap":
    header["b"]["data_offsets"] = [size // 2, size // 2 + size]
elif kind == "byte-count":
    header["b"]["data_offsets"] = [size, 2 * size - 4]
elif kind == "dtype":
    # The same number of bytes.
    header["b"]["dtype"] = "I32"
elif kind == "unknown-dtype":
    header["b"]["dtype"] = "F33"
elif kind == "shape":
    header["b"]["shape"] = [COLUMNS, ROWS]

text = json.dumps(header).encode()
if kind == "no-json":
    text = text[:-1]
length = len(text)
if kind == "header-length":
    length = 1 << 40
data = struct.pack(f"<{len(values)}f", *values) + struct.pack(f"<{len(second)}f", *second)
content = struct.pack("<Q", length) + text + data
if kind == "header-truncated":
    content = content[:20]
elif kind == "length-truncated":
    content = content[:5]
elif kind == "data-truncated":
    content = content[:-100]
elif kind == "empty":
    content = b""

with open(path, "wb") as file:
    file.write(content)
