"""The error of math functions in kernels, on the emulator, against NumPy in f64.

  device_math.py DIRECTORY

Every function at floats of all magnitudes and signs, and at zeros, infinities, NaN
and subnormals. The bounds are those of the page of `compress-expand-device-math`.
"""

import pathlib
import subprocess
import sys

import numpy as np

TINY = float(np.finfo(np.float32).tiny)


def erf(x):
    """To 1e-15, by the series near zero and the continued fraction beyond it."""
    near = np.clip(np.abs(x), 0, 3.0)
    term, total = near.copy(), near.copy()
    for n in range(1, 80):
        term = -term * near * near / n
        total += term / (2 * n + 1)
    far = np.clip(np.abs(x), 3.0, 30.0)
    fraction = np.zeros_like(far)
    for n in range(60, 0, -1):
        fraction = n / 2 / (far + fraction)
    tail = np.exp(-far * far) / (far + fraction) / np.sqrt(np.pi)
    value = np.where(np.abs(x) < 3.0, 2 / np.sqrt(np.pi) * total, 1 - tail)
    return np.where(np.isnan(x), np.nan, np.copysign(value, x))


def log(x):
    """A subnormal counts as the least normal number."""
    return np.log(np.where((x > 0) & (x < TINY), TINY, x))


# The function, and the bounds of its relative and absolute error.
FUNCTIONS = {
    "exp": (np.exp, 2.0**-21, TINY),
    "exp2": (np.exp2, 2.0**-22, TINY),
    "rsqrt": (lambda x: 1 / np.sqrt(x), 2.0**-22, 0),
    "tanh": (np.tanh, 2.0**-20, 0),
    "erf": (erf, 2.0**-20, 2.0**-149),
    "log": (log, 2.0**-21, 0),
}


def points():
    # All exponents, some fractions each.
    bits = np.arange(0, 0x7F800000, 0x2F011, dtype=np.uint32)
    positive = bits.view(np.float32)
    dense = np.linspace(-20, 20, 20001, dtype=np.float32)
    edges = np.array(
        [0, np.inf, np.nan, TINY, TINY / 2, 2.0**-149, 88.72283, 88.72284, 87.33654,
         103.97, 127.99999, 128, 126, 149, 0.55, 3.4028235e38, 1],
        np.float32,
    )  # fmt: skip
    every = np.concatenate([positive, edges, dense[dense > 0]])
    return np.concatenate([every, -every])


def module(name, count):
    return f"""func.func @f(%x: tensor<{count}xf32> {{compress.name = "x"}})
    -> (tensor<{count}xf32> {{compress.name = "y"}}) {{
  %y = math.{name} %x : tensor<{count}xf32>
  return %y : tensor<{count}xf32>
}}
"""


def check(directory, name, x):
    function, relative, absolute = FUNCTIONS[name]
    (directory / "f.mlir").write_text(module(name, len(x)))
    np.savez(directory / "x.npz", x=x)
    subprocess.run(
        ["compress-run", directory / "f.mlir", "--target=emulated", "--checks=false",
         f"--inputs={directory}/x.npz", f"--outputs={directory}/y.npz"],
        check=True,
    )  # fmt: skip
    found = np.load(directory / "y.npz")["y"].astype(np.float64)
    with np.errstate(all="ignore"):
        expected = function(x.astype(np.float64))
        # What is beyond the largest float by less than a rounding may be either.
        bound = relative * np.abs(expected) + absolute
        most = float(np.finfo(np.float32).max)
        limit = np.where(np.abs(expected) * (1 + relative) > most, np.inf, np.nan)
        right = np.abs(found - expected) <= bound
        right |= (np.abs(found) == limit) & (np.sign(found) == np.sign(expected))
        right |= np.isnan(found) & np.isnan(expected)
        right |= found == expected
        error = (np.abs(found - expected) - absolute) / np.abs(expected)
        worst = np.nanmax(np.where(np.isfinite(error), error, np.nan))
    print(f"{name}: {worst:.3g} at most, {relative:.3g} stated")
    for i in np.flatnonzero(~right)[:5]:
        print(f"  {name}({x[i]!r}) = {expected[i]!r}, found {found[i]!r}")
    return right.all()


def main():
    directory, x = pathlib.Path(sys.argv[1]), points()
    results = [check(directory, name, x) for name in FUNCTIONS]
    sys.exit(not all(results))


if __name__ == "__main__":
    main()
