"""Runs products with packed weights by wgmma on the emulator.

  packed_warpgroup_kernels.py DIRECTORY

As packed_kernels.py, whose bounds and counters hold here too, for many rows: tiles of all
kinds, ragged rows, channels and depths, sums in parts, weights in both orders, 4 and 8 bits with and
without zero points, floats of 8 bits, groups and whole channels, scales of the weight's
type and of f32, tables, both result types, epilogues.
"""

from packed_kernels import FP8, W4, W8, Case, main


def schedule(rows, columns, consumers, stages, splits=1):
    parts = f", splits = {splits}" if splits > 1 else ""
    return (
        f"#compress_kernel.wgmma_decode<tile = [{rows}, {columns}], "
        f"consumers = {consumers}, stages = {stages}{parts}>"
    )


def case(rows, depth, channels, rule, tile, **more):
    return Case(rows, depth, channels, rule, chip="sm_90a", schedule=schedule(*tile), **more)


CASES = [
    case(128, 256, 128, f"{W4} 128", (64, 128, 2, 4)),
    case(128, 256, 64, f"{W4} 128", (128, 64, 1, 4)),
    case(65, 320, 192, f"{W4} 32", (64, 128, 2, 3)),
    case(200, 192, 136, f"{W4} 64, symmetric: false", (128, 128, 2, 2), dynamic=True),
    case(128, 328, 256, f"{W4} 128", (128, 256, 2, 3), transposed=True, result="f16"),
    case(256, 192, 128, f"{W4} 64, scale_dtype: bf16", (256, 128, 2, 5), dtype="bf16"),
    case(100, 200, 77, f"{W4} 16, symmetric: false", (128, 64, 1, 3), dtype="bf16", result="bf16"),
    case(130, 256, 128, "preset: w4a16, strategy: channel, scale_dtype: f32", (32, 128, 1, 6)),
    case(65, 256, 96, f"{W4} 32, symmetric: false", (64, 64, 1, 4), transposed=True, start=0.5),
    case(128, 256, 128, W8, (128, 128, 2, 3)),
    case(64, 192, 128, f"{W4} 64", (64, 64, 1, 2), result="f16"),
    case(72, 232, 144, f"{W8}, symmetric: false", (64, 128, 1, 3), dynamic=True, result="f16"),
    case(65, 296, 80, f"{W8}, symmetric: false", (128, 256, 2, 2), dtype="bf16", transposed=True),
    case(128, 256, 128, f"{W8}, strategy: group, group_size: 32, scale_dtype: f16", (192, 128, 2, 3)),
    case(96, 192, 64, "preset: nf4", (64, 64, 1, 4)),
    case(65, 256, 96, "preset: nf4, group_size: 32", (64, 128, 2, 4), dtype="bf16"),
    case(100, 256, 64, "preset: mxfp4", (64, 64, 1, 4), dynamic=True, result="f16"),
    case(65, 192, 128, FP8, (64, 128, 1, 4)),
    case(80, 136, 64, f"{FP8}, type: float_e5m2, scale_dtype: f16", (64, 64, 1, 3), transposed=True),
    case(65, 248, 80, "preset: mxfp8", (64, 128, 2, 2), dtype="bf16", result="bf16"),
    case(65, 256, 64, "preset: nvfp4", (64, 64, 1, 4)),
    case(65, 200, 192, "preset: kmeans4", (64, 128, 2, 2), dynamic=True),
    case(128, 192, 128, f"{W4} 64", (128, 128, 2, 3), tail=True),
    case(65, 512, 128, f"{W4} 128", (64, 128, 2, 3, 2), parts=True),
    # The last part has two steps of three, and of ten steps in parts of two each the last three none.
    case(70, 512, 96, f"{W4} 32, symmetric: false", (64, 64, 1, 4, 3), parts=True, tail=True, dynamic=True),
    case(64, 600, 77, W8, (64, 128, 2, 2, 8), parts=True, dtype="bf16", transposed=True, start=0.25),
    case(70, 256, 96, W8, (64, 64, 1, 3), tail=True, dtype="bf16", transposed=True, start=0.25),
]

if __name__ == "__main__":
    main(CASES)
