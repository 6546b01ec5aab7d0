"""Writes a safetensors file with a weight of 1 MiB and a small one; all bytes
of the first are argv[2]. With an argv[3] "longer" there is another tensor, with
a number the data begin at a multiple of 8 bytes and that."""

import json
import struct
import sys

header = json.dumps(
    {
        "small": {"dtype": "F32", "shape": [512], "data_offsets": [0, 2048]},
        "big": {"dtype": "F32", "shape": [512, 512], "data_offsets": [2048, 2048 + (1 << 20)]},
        **({"more": {"dtype": "U8", "shape": [0], "data_offsets": [2048 + (1 << 20)] * 2}} if "longer" in sys.argv else {}),
    }
).encode()
if len(sys.argv) > 3 and sys.argv[3].isdigit():
    header += b" " * (-len(header) % 8 + int(sys.argv[3]))
with open(sys.argv[1], "wb") as file:
    file.write(struct.pack("<Q", len(header)) + header)
    file.write(bytes(2048) + bytes([int(sys.argv[2])]) * (1 << 20))
