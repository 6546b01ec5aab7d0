// RUN: compress-opt %s --split-input-file --verify-diagnostics

// expected-error@+1 {{tile must be three extents of 1 to 4096, found [128, 128]}}
module attributes {a.b = #compress_kernel.mma_sync<tile = [128, 128], warps = [2, 4], stages = 3>} {}

// -----

// expected-error@+1 {{tile must be three extents of 1 to 4096, found [128, 128, 0]}}
module attributes {a.b = #compress_kernel.mma_sync<tile = [128, 128, 0], warps = [2, 4], stages = 3>} {}

// -----

// expected-error@+1 {{warps must be two extents of 1 to 4096, found [2]}}
module attributes {a.b = #compress_kernel.mma_sync<tile = [128, 128, 64], warps = [2], stages = 3>} {}

// -----

// expected-error@+1 {{tile[1] must be a multiple of 16 for each of 4 warps, found 96}}
module attributes {a.b = #compress_kernel.mma_sync<tile = [128, 96, 64], warps = [2, 4], stages = 3>} {}

// -----

// expected-error@+1 {{tile[2] must be a multiple of 64, or of 32 for f32, found 16}}
module attributes {a.b = #compress_kernel.mma_sync<tile = [128, 128, 16], warps = [2, 4], stages = 3>} {}

// -----

// expected-error@+1 {{stages must be in 2..64, found 1}}
module attributes {a.b = #compress_kernel.mma_sync<tile = [128, 128, 64], warps = [2, 4], stages = 1>} {}

// -----

// expected-error@+1 {{there must be at most 32 warps, found 64}}
module attributes {a.b = #compress_kernel.mma_sync<tile = [128, 128, 64], warps = [8, 8], stages = 2>} {}

// -----

// expected-error@+1 {{a thread must have at most 128 accumulators, found 256: more warps or a smaller tile}}
module attributes {a.b = #compress_kernel.mma_sync<tile = [128, 128, 64], warps = [2, 1], stages = 2>} {}

// -----

// expected-error@+1 {{stages must fit into 232448 bytes, found 262144: fewer stages or a smaller tile}}
module attributes {a.b = #compress_kernel.mma_sync<tile = [128, 128, 64], warps = [2, 4], stages = 8>} {}

// -----

// expected-error@+1 {{attribute 'compress_kernel.schedule' must be a schedule such as #compress_kernel.mma_sync, found 3 : i64}}
module attributes {compress_kernel.schedule = 3} {}

// -----

// expected-error@+1 {{tile must be three extents, found [128, 128]}}
module attributes {a.b = #compress_kernel.wgmma<tile = [128, 128], consumers = 2, stages = 3>} {}

// -----

// expected-error@+1 {{consumers must be 1 or 2, found 3}}
module attributes {a.b = #compress_kernel.wgmma<tile = [192, 128, 64], consumers = 3, stages = 3>} {}

// -----

// expected-error@+1 {{tile[0] must be 64 or 128 for each of 2 consumers, found 64}}
module attributes {a.b = #compress_kernel.wgmma<tile = [64, 128, 64], consumers = 2, stages = 3>} {}

// -----

// expected-error@+1 {{tile[1] must be a multiple of 16 in 16..64 or of 64 in 64..256, found 96}}
module attributes {a.b = #compress_kernel.wgmma<tile = [64, 96, 64], consumers = 1, stages = 3>} {}

// -----

// expected-error@+1 {{tile[2] must be 64, or 32 for f32, found 128}}
module attributes {a.b = #compress_kernel.wgmma<tile = [64, 64, 128], consumers = 1, stages = 3>} {}

// -----

// expected-error@+1 {{stages must be in 2..16, found 17}}
module attributes {a.b = #compress_kernel.wgmma<tile = [64, 64, 64], consumers = 1, stages = 17>} {}

// -----

// expected-error@+1 {{a thread must have at most 128 accumulators, found 256: more consumers or a smaller tile}}
module attributes {a.b = #compress_kernel.wgmma<tile = [128, 256, 64], consumers = 1, stages = 2>} {}

// -----

// expected-error@+1 {{stages must fit into 232448 bytes, found 245840: fewer stages or a smaller tile}}
module attributes {a.b = #compress_kernel.wgmma<tile = [128, 256, 64], consumers = 2, stages = 5>} {}

// -----

// expected-error@+1 {{tile must be two extents, found [128, 128, 64]}}
module attributes {a.b = #compress_kernel.wgmma_decode<tile = [128, 128, 64], consumers = 2, stages = 3>} {}

// -----

// expected-error@+1 {{consumers must be 1 or 2, found 3}}
module attributes {a.b = #compress_kernel.wgmma_decode<tile = [64, 192], consumers = 3, stages = 3>} {}

// -----

// expected-error@+1 {{tile[0] must be a multiple of 16 in 16..64 or of 64 in 64..256, found 96}}
module attributes {a.b = #compress_kernel.wgmma_decode<tile = [96, 128], consumers = 2, stages = 3>} {}

// -----

// expected-error@+1 {{tile[1] must be 64 or 128 for each of 2 consumers, found 192}}
module attributes {a.b = #compress_kernel.wgmma_decode<tile = [128, 192], consumers = 2, stages = 3>} {}

// -----

// expected-error@+1 {{stages must be in 2..16, found 1}}
module attributes {a.b = #compress_kernel.wgmma_decode<tile = [128, 128], consumers = 2, stages = 1>} {}

// -----

// expected-error@+1 {{a thread must have at most 128 accumulators, found 256: more consumers or a smaller tile}}
module attributes {a.b = #compress_kernel.wgmma_decode<tile = [256, 256], consumers = 2, stages = 3>} {}

// -----

// expected-error@+1 {{stages must fit into 232448 bytes, found 263280: fewer stages or a smaller tile}}
module attributes {a.b = #compress_kernel.wgmma_decode<tile = [256, 128], consumers = 2, stages = 7>} {}

// -----

// expected-error@+1 {{there must be at least two schedules, and a bound for each but the last, found 1 schedules and 1 bounds}}
module attributes {a.b = #compress_kernel.by_rows<most = [16], schedules = [#compress_kernel.stream<tile = [16, 64], warps = [2, 4], stages = 4>]>} {}

// -----

// expected-error@+1 {{there must be at least two schedules, and a bound for each but the last, found 2 schedules and 2 bounds}}
module attributes {a.b = #compress_kernel.by_rows<most = [16, 32], schedules = [#compress_kernel.stream<tile = [16, 64], warps = [2, 4], stages = 4>, #compress_kernel.stream<tile = [16, 64], warps = [2, 4], stages = 4>]>} {}

// -----

// expected-error@+1 {{bounds must be positive and ascend, found [0]}}
module attributes {a.b = #compress_kernel.by_rows<most = [0], schedules = [#compress_kernel.stream<tile = [16, 64], warps = [2, 4], stages = 4>, #compress_kernel.stream<tile = [16, 64], warps = [2, 4], stages = 4>]>} {}

// -----

// expected-error@+1 {{bounds must be positive and ascend, found [16, 16]}}
module attributes {a.b = #compress_kernel.by_rows<most = [16, 16], schedules = [#compress_kernel.stream<tile = [16, 64], warps = [2, 4], stages = 4>, #compress_kernel.stream<tile = [16, 64], warps = [2, 4], stages = 4>, #compress_kernel.stream<tile = [16, 64], warps = [2, 4], stages = 4>]>} {}

// -----

// expected-error@+1 {{each must be a schedule such as #compress_kernel.mma_sync, found 7}}
module attributes {a.b = #compress_kernel.by_rows<most = [16], schedules = [#compress_kernel.stream<tile = [16, 64], warps = [2, 4], stages = 4>, 7 : i64]>} {}

// -----

// expected-error@+1 {{each must be a schedule such as #compress_kernel.mma_sync, found #compress_kernel.by_rows}}
module attributes {a.b = #compress_kernel.by_rows<most = [16], schedules = [#compress_kernel.stream<tile = [16, 64], warps = [2, 4], stages = 4>, #compress_kernel.by_rows<most = [8], schedules = [#compress_kernel.stream<tile = [16, 64], warps = [2, 4], stages = 4>, #compress_kernel.stream<tile = [16, 64], warps = [2, 4], stages = 4>]>]>} {}

// -----

// expected-error@+1 {{schedules must all be for dense products, or all for packed weights, found #compress_kernel.stream<tile = [16, 64], warps = [2, 4], stages = 4> and #compress_kernel.mma_sync<tile = [64, 64, 64], warps = [2, 2], stages = 2>}}
module attributes {a.b = #compress_kernel.by_rows<most = [16], schedules = [#compress_kernel.stream<tile = [16, 64], warps = [2, 4], stages = 4>, #compress_kernel.mma_sync<tile = [64, 64, 64], warps = [2, 2], stages = 2>]>} {}

// -----

// expected-error@+1 {{splits must be in 1..16, found 17}}
module attributes {a.b = #compress_kernel.wgmma_decode<tile = [64, 64], consumers = 1, stages = 3, splits = 17>} {}
