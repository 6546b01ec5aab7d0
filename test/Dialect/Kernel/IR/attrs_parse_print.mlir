// RUN: compress-opt %s | compress-opt | FileCheck %s
// RUN: compress-opt %s --emit-bytecode | compress-opt | FileCheck %s

// CHECK: a = #compress_kernel.mma_sync<tile = [128, 128, 64], warps = [2, 4], stages = 3>
// CHECK-SAME: b = #compress_kernel.mma_sync<tile = [16, 64, 128], warps = [1, 4], stages = 2>
// CHECK-SAME: c = #compress_kernel.wgmma<tile = [128, 256, 64], consumers = 2, stages = 4>
// CHECK-SAME: d = #compress_kernel.wgmma<tile = [64, 16, 64], consumers = 1, stages = 12, swap = true>
// CHECK-SAME: e = #compress_kernel.wgmma_decode<tile = [256, 128], consumers = 2, stages = 5>
// CHECK-SAME: f = #compress_kernel.by_rows<most = [16, 128], schedules = [#compress_kernel.stream<tile = [16, 64], warps = [2, 4], stages = 4, splits = 2>, #compress_kernel.stream<tile = [64, 64], warps = [2, 4], stages = 4>, #compress_kernel.wgmma_decode<tile = [256, 128], consumers = 2, stages = 5>]>
// CHECK-SAME: g = #compress_kernel.wgmma_decode<tile = [64, 64], consumers = 1, stages = 3, splits = 4>
module attributes {test.schedules = {
  a = #compress_kernel.mma_sync<tile = [128, 128, 64], warps = [2, 4], stages = 3>,
  b = #compress_kernel.mma_sync<tile = [16, 64, 128], warps = [1, 4], stages = 2>,
  c = #compress_kernel.wgmma<tile = [128, 256, 64], consumers = 2, stages = 4>,
  d = #compress_kernel.wgmma<tile = [64, 16, 64], consumers = 1, stages = 12, swap = true>,
  e = #compress_kernel.wgmma_decode<tile = [256, 128], consumers = 2, stages = 5>,
  f = #compress_kernel.by_rows<most = [16, 128], schedules = [#compress_kernel.stream<tile = [16, 64], warps = [2, 4], stages = 4, splits = 2>, #compress_kernel.stream<tile = [64, 64], warps = [2, 4], stages = 4>, #compress_kernel.wgmma_decode<tile = [256, 128], consumers = 2, stages = 5>]>,
  g = #compress_kernel.wgmma_decode<tile = [64, 64], consumers = 1, stages = 3, splits = 4>
}} {}
