"""Calls shared objects for the CPU from C, and compares with compress-run.

  cpu_objects.py EXAMPLE CALLER DIRECTORY CC

EXAMPLE is examples/quickstart/mlp.mlir, CALLER call-mlp.c. The network is taken dense and
compressed, with a dynamic batch and with a static one, for this processor and for the
levels of x86-64 that it has. Shared objects must name no library but that of C and the
loader, and neither may what they are linked with need a C++ library.
"""

import pathlib
import re
import subprocess
import sys

import numpy as np

SCHEMES = ["", "--quantize=w8a16", "--quantize=w4a16", "--quantize=w4a16 --prune=2:4", "--quantize=nf4"]
# The codes that a magnitude of 1 is divided into, by scheme: a weight moves by at most
# half of the widest step of its group. Of nf4 that lies between -1 and -0.6962, the table's
# first entries (Dettmers et al., "QLoRA", 2023, appendix E). A pruned weight moves by
# itself, to zero.
HALF_STEPS = {
    "--quantize=w8a16": 1 / 254,
    "--quantize=w4a16": 1 / 14,
    "--quantize=w4a16 --prune=2:4": 1 / 14,
    "--quantize=nf4": 0.152,
}
LEVELS = {
    "x86-64-v2": {"sse4_2", "ssse3", "popcnt", "cx16"},
    "x86-64-v3": {"avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe"},
    "x86-64-v4": {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"},
    "x86-64-v4+avx512vnni": {"avx512vnni"},
}


def find_processors():
    """This one, and the levels that it has; a level has what those before it have."""
    flags = set()
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("flags"):
            flags = set(line.split(":")[1].split())
    found = ["host"]
    for level, needed in LEVELS.items():
        if not needed <= flags:
            break
        found.append(level)
    return found


def get_weight(text, name, shape):
    blob = re.search(rf'{name}: "0x04000000([0-9a-f]*)"', text, re.IGNORECASE)
    return np.frombuffer(bytes.fromhex(blob[1]), np.float32).reshape(shape)


def check_libraries(path):
    output = subprocess.run(["llvm-readelf", "-d", path], check=True, capture_output=True, text=True)
    needed = re.findall(r"NEEDED.*\[(.*)\]", output.stdout)
    allowed = ("libc.so.", "libm.so.", "ld-linux")
    return [name for name in needed if not name.startswith(allowed)]


def main():
    example, caller, directory, cc = sys.argv[1:]
    directory = pathlib.Path(directory)
    text = pathlib.Path(example).read_text()
    magnitudes = [
        np.abs(get_weight(text, name, shape)).astype(np.float64)
        for name, shape in [("fc1.weight", (64, 32)), ("fc2.weight", (32, 8))]
    ]
    count = failed = 0
    for batch, is_static in [(1, False), (37, False), (5, True)]:
        dense = directory / f"dense-{batch}.mlir"
        dense.write_text(
            text.replace("tensor<?x", f"tensor<{batch}x").replace("tensor.empty(%batch)", "tensor.empty()")
            if is_static else text
        )  # fmt: skip
        x = np.random.default_rng(batch).standard_normal((batch, 64)).astype(np.float32)
        x.tofile(directory / "x.bin")
        np.savez(directory / "in.npz", x=x)
        for scheme in SCHEMES:
            model = dense
            if scheme:
                model = directory / "compressed.mlir"
                subprocess.run(["compress-opt", *scheme.split(), dense, "-o", model], check=True)
            subprocess.run(
                ["compress-run", model, f"--inputs={directory}/in.npz", f"--outputs={directory}/out.npz"], check=True
            )
            expected = np.load(directory / "out.npz")["logits"].astype(np.float64)
            # A sum of k products, each rounded, is off by at most k + 1 roundings of the sum
            # of the magnitudes in any order (Higham, Accuracy and Stability of Numerical
            # Algorithms, section 3.1); ReLU adds nothing, and the second layer takes on the
            # error of the first. The decoded weight is rounded three times at most (a code
            # less a zero point, times a scale, to a type). Both runs are off as much.
            w1, w2 = (m + HALF_STEPS.get(scheme, 0) * m.max() for m in magnitudes)
            bound = 2 * (64 + 32 + 2 + 6) * 2.0**-24 * 1.01 * (np.abs(x) @ w1 @ w2)
            # Levels differ in the tiles and vectors, not in what a batch is.
            for cpu in find_processors() if batch == 37 else ["host"]:
                library = directory / "libmlp.so"
                subprocess.run(
                    ["compress-translate", "--target=cpu", f"--cpu={cpu}", model, "-o", library], check=True
                )
                (directory / "libmlp.h").rename(directory / "mlp.h")
                subprocess.run(
                    [cc, "-std=c11", "-Wall", "-Wextra", "-Werror", f"-I{directory}", caller, library,
                     f"-Wl,-rpath,{directory}", "-pthread", "-o", directory / "call"], check=True
                )  # fmt: skip
                subprocess.run(
                    [directory / "call", str(batch), directory / "x.bin", directory / "logits.bin"], check=True
                )
                found = np.fromfile(directory / "logits.bin", np.float32).reshape(batch, 8)
                problems = [f"needs {name}" for name in check_libraries(library)]
                if not np.all(np.abs(found - expected) <= bound):
                    worst = np.nanmax(np.abs(found - expected) / bound)
                    problems.append(f"an element is {worst:.3g} times the bound away")
                for problem in problems:
                    print(f"batch {batch}, {scheme or 'dense'}, {cpu}: {problem}")
                count += 1
                failed += bool(problems)
    print(f"{count} shared objects, {failed} wrong")
    sys.exit(failed != 0)


if __name__ == "__main__":
    main()
