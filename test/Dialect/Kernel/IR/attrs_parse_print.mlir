// RUN: compress-opt %s | compress-opt | FileCheck %s
// RUN: compress-opt %s --emit-bytecode | compress-opt | FileCheck %s

// CHECK: a = #compress_kernel.mma_sync<tile = [128, 128, 64], warps = [2, 4], stages = 3>
// CHECK-SAME: b = #compress_kernel.mma_sync<tile = [16, 64, 128], warps = [1, 4], stages = 2>
module attributes {test.schedules = {
  a = #compress_kernel.mma_sync<tile = [128, 128, 64], warps = [2, 4], stages = 3>,
  b = #compress_kernel.mma_sync<tile = [16, 64, 128], warps = [1, 4], stages = 2>
}} {}
