"""Writes and prints small safetensors files for tests; standard library only.

  safetensors_tool.py write FILE KEY=DTYPE[SHAPE]:VALUES ...
  safetensors_tool.py dump FILE

SHAPE is extents joined by "x"; VALUES are numbers joined by ",", or "ramp" for
-n/2, ..., n/2 - 1. A dump has a line per entry, in the order of their bytes.
"""

import json
import re
import struct
import sys

FORMATS = {"F32": "f", "F16": "e", "I8": "b", "U8": "B", "BOOL": "?", "I32": "i"}


def parse(text):
    match = re.fullmatch(r"([^=]+)=(\w+)\[([\dx]*)\]:(.*)", text)
    if not match:
        sys.exit(f"expected KEY=DTYPE[SHAPE]:VALUES, found {text!r}")
    key, dtype, extents, values = match.groups()
    shape = [int(extent) for extent in extents.split("x") if extent]
    count = 1
    for extent in shape:
        count *= extent
    if values == "ramp":
        numbers = [i - count // 2 for i in range(count)]
    else:
        numbers = [float(value) for value in values.split(",")]
    if len(numbers) != count:
        sys.exit(f"{key}: expected {count} values, found {len(numbers)}")
    if dtype[0] != "F":
        numbers = [int(number) for number in numbers]
    return key, dtype, shape, struct.pack(f"<{count}{FORMATS[dtype]}", *numbers)


def write(path, texts):
    header, data = {}, b""
    for key, dtype, shape, packed in map(parse, texts):
        offsets = [len(data), len(data) + len(packed)]
        header[key] = {"dtype": dtype, "shape": shape, "data_offsets": offsets}
        data += packed
    encoded = json.dumps(header).encode()
    encoded += b" " * (-len(encoded) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(encoded)) + encoded + data)


def dump(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    header.pop("__metadata__", None)
    for key, entry in sorted(
        header.items(), key=lambda item: item[1]["data_offsets"]
    ):
        begin, end = entry["data_offsets"]
        values = struct.iter_unpack("<" + FORMATS[entry["dtype"]], data[begin:end])
        shape = "x".join(map(str, entry["shape"]))
        numbers = ",".join(f"{value:g}" for (value,) in values)
        print(f"{key}={entry['dtype']}[{shape}]:{numbers}")


def main():
    if sys.argv[1:2] == ["write"] and len(sys.argv) > 3:
        write(sys.argv[2], sys.argv[3:])
    elif sys.argv[1:2] == ["dump"] and len(sys.argv) == 3:
        dump(sys.argv[2])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
