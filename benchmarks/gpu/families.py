"""What the GPU benchmark measures: families of kernels, layers, and what codes mean.

The meaning of codes stands here again, apart from the compiler's, so that a benchmark
finds it out if the two differ.
"""

import dataclasses

# Linear layers of Llama 3 (8B, 70B), whose query, key and value, and whose gate and
# up are one, and a square: columns of the result by columns that are summed.
LINEAR = {
    "8b-qkv": (6144, 4096), "8b-out": (4096, 4096), "8b-up": (28672, 4096),
    "8b-down": (4096, 14336), "70b-qkv": (10240, 8192), "70b-out": (8192, 8192),
    "70b-up": (57344, 8192), "70b-down": (8192, 28672), "2048": (2048, 2048),
}  # fmt: skip
SOME_LINEAR = ("8b-out", "8b-up", "70b-out", "2048")
ROWS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 1024, 4096, 8192]
SOME_ROWS = [1, 16, 64, 256, 1024, 8192]
# Convolutions of ResNet-50: height and width of the image, channels, filters, window.
CONVOLUTIONS = {"3x3-56": (56, 64, 64, 3), "3x3-14": (14, 256, 256, 3), "1x1-14": (14, 256, 1024, 1)}
IMAGES = [1, 32, 256]


def integers(bits):
    """The values of two's complement."""
    return [code - (code >> (bits - 1) << bits) for code in range(1 << bits)]


def floats(exponent, mantissa):
    """The values of floats without infinities; the largest code of 8 bits is NaN (OCP
    Microscaling Formats v1.0, sections 5.3.1 and 5.3.3)."""
    bias, values = (1 << (exponent - 1)) - 1, []
    for code in range(1 << (1 + exponent + mantissa)):
        e, m = code >> mantissa & ((1 << exponent) - 1), code & ((1 << mantissa) - 1)
        value = m * 2.0 ** (1 - bias - mantissa) if e == 0 else (m + (1 << mantissa)) * 2.0 ** (e - bias - mantissa)
        values.append(-value if code >> (exponent + mantissa) else value)
    if exponent + mantissa == 7:
        values[127] = values[255] = float("nan")
    return values


# Dettmers et al., QLoRA, 2023, appendix E.
NF4 = [
    -1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453,
    -0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0.0,
    0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224,
    0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0,
]  # fmt: skip


@dataclasses.dataclass
class Family:
    """`storage` is what stands before the block's extents, `scale` a type, and a group
    that of elements that are summed with one scale, None for all of them."""

    element: str = "bf16"
    storage: str = ""
    codes: list = None
    group: int = None
    scale: str = "bf16"
    asymmetric: bool = False
    flags: tuple = ()
    layers: tuple = tuple(LINEAR)
    rows: tuple = tuple(SOME_ROWS)

    def get_storage(self, rank):
        """Of a weight whose last dimension has the channels."""
        block = ["*"] * (rank - 2) + [str(self.group or "*"), "1"]
        zero_points = ", asymmetric" if self.asymmetric else ""
        return f"#compress.{self.storage}, block = [{', '.join(block)}], scale = {self.scale}{zero_points}>"


FAMILIES = {
    "dense": Family(rows=tuple(ROWS)),
    "f16": Family("f16", layers=SOME_LINEAR),
    "tf32": Family("f32", flags=("--tf32",), layers=SOME_LINEAR),
    "w8a16": Family(storage="affine<i8", codes=integers(8), rows=tuple(ROWS)),
    "w4a16": Family(storage="affine<i4", codes=integers(4), group=128, rows=tuple(ROWS)),
    "w4a16z": Family(storage="affine<i4", codes=integers(4), group=128, asymmetric=True, layers=SOME_LINEAR),
    "fp8": Family(storage="float<f8E4M3FN", codes=floats(4, 3), layers=SOME_LINEAR),
    "mxfp4": Family(storage="float<f4E2M1FN", codes=floats(2, 1), group=32, scale="f8E8M0FNU", layers=SOME_LINEAR),
    "nf4": Family(storage="codebook<nf4", codes=NF4, group=64, layers=SOME_LINEAR),
    "conv": Family("f16", layers=tuple(CONVOLUTIONS), rows=tuple(IMAGES)),
    "conv-w8a16": Family("f16", "affine<i8", integers(8), scale="f16", layers=tuple(CONVOLUTIONS), rows=tuple(IMAGES)),
}
