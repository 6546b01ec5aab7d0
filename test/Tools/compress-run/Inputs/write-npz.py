# Writes an .npz file with the f32 array "x" of shape [2, 3]:
#   write-npz.py FILE [KIND]
# KIND is what is wrong with it; see below. The formats are specified at
# https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html and in
# PKWARE's APPNOTE.TXT.

import io
import struct
import sys
import zipfile

path, kind = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "good"
header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"
if kind == "header":
    header = header.replace("'shape'", "'shapes'")
elif kind == "object":
    header = header.replace("<f4", "|O")
elif kind == "dtype":
    header = header.replace("<f4", "<i4")
elif kind == "shape":
    header = header.replace("(2, 3)", "(3, 2)")
header = header.ljust(117) + "\n"
length = len(header)
if kind == "header-length":
    length = 60000
data = struct.pack("<6f", 1, 2, 3, 4, 5, 6)
if kind == "byte-count":
    data = data[:-4]
magic = b"\x93NUMPY" if kind != "magic" else b"\x93NUMBY"
array = magic + bytes([1, 0]) + struct.pack("<H", length) + header.encode() + data

buffer = io.BytesIO()
with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr("y.npy" if kind == "name" else "x.npy", array)
content = buffer.getvalue()
if kind == "truncated":
    content = content[: len(content) // 2]
elif kind == "empty":
    content = b""
elif kind == "checksum":
    # Of the CRC in the central directory, 16 bytes into its entry.
    at = content.index(b"PK\x01\x02") + 16
    content = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
elif kind == "data":
    # In the middle of the compressed bytes.
    at = 30 + len("x.npy") + 20
    content = content[:at] + b"\xff" * 8 + content[at + 8 :]

with open(path, "wb") as file:
    file.write(content)
