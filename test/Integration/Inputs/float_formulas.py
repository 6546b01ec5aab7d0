"""Element types in NumPy: rounding, limits and bits.

Values of every type are float32 arrays that the type can represent. Casts are
those of ml_dtypes, which round to nearest, ties to even.
"""

import ml_dtypes
import numpy as np

DTYPES = {
    "f32": np.float32,
    "f16": np.float16,
    "bf16": ml_dtypes.bfloat16,
    "f8E4M3FN": ml_dtypes.float8_e4m3fn,
    "f8E5M2": ml_dtypes.float8_e5m2,
    "f8E8M0FNU": ml_dtypes.float8_e8m0fnu,
    "f4E2M1FN": ml_dtypes.float4_e2m1fn,
}
BITS = {"f32": 32, "f16": 16, "bf16": 16, "f4E2M1FN": 4}


def get_limits(dtype):
    """The least positive normal and the largest finite value, as float32."""
    info = ml_dtypes.finfo(DTYPES[dtype])
    return np.float32(info.smallest_normal), np.float32(info.max)


def get_width(dtype):
    return BITS.get(dtype, 8)


def get_carrier(dtype):
    """The element type of the tensors that hold values of a type."""
    return dtype if get_width(dtype) > 8 else "i8"


def round_plain(values, dtype):
    """float32 to the nearest value of a type, infinite past the largest one."""
    with np.errstate(over="ignore"):
        return np.asarray(values, np.float32).astype(DTYPES[dtype]).astype(np.float32)


def round_to(values, dtype):
    """float32 to the nearest value of a type, saturating."""
    largest = get_limits(dtype)[1]
    return np.clip(round_plain(np.clip(values, -largest, largest), dtype), -largest, largest)


def to_bits(values, dtype):
    """Values of a type as the unsigned integers that store them."""
    stored = np.asarray(values, np.float32).astype(DTYPES[dtype])
    return stored.view({4: np.uint32, 2: np.uint16, 1: np.uint8}[stored.itemsize])
