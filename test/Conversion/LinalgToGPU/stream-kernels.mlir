// Kernels that stream packed weights.

// RUN: compress-opt %s --convert-linalg-to-kernels | FileCheck %s

!w4 = !compress.tensor<256x64xf16, #compress.scheme<storage = #compress.affine<i4, block = [64, 1], scale = f16>, layout = #compress.tiled<[64, 16], bits = [3, 7, 4, 8, 9, 5, 6, 0, 1, 2]>>>

// Warps that share nothing need no barrier while they multiply: each waits for its own
// copies. A decode of eight codes is four lop3 (a & b) ^ c, and a step has eight of them:
// two tiles of 16 columns by four of 16 positions.
// CHECK: gpu.func @alone_stream
// CHECK-SAME: compress_kernel.schedule = #compress_kernel.stream<tile = [16, 32], warps = [1, 4], stages = 3>
// CHECK-SAME: known_block_size = array<i32: 128, 1, 1>
// CHECK: compress_kernel.evict_first
// CHECK: scf.for
// CHECK-NOT: nvvm.barrier
// CHECK: nvvm.cp.async.wait.group 1
// CHECK-NEXT: {{.*}}constant
// CHECK-NEXT: nvvm.bar.warp.sync
// CHECK-COUNT-2: compress_kernel.cp_async
// CHECK: nvvm.cp.async.commit.group
// CHECK-COUNT-32: compress_kernel.lop3 {{.*}} table = 106
// CHECK-NOT: compress_kernel.lop3
// CHECK: scf.yield
// CHECK: nvvm.cp.async.wait.group 0
// CHECK: nvvm.barrier

// CHECK: gpu.func @beside_stream
// CHECK: nvvm.cp.async.wait.group 1
// CHECK-NEXT: nvvm.barrier
func.func @alone(%x: memref<?x256xf16>, %v: memref<4x4x64x8xi8>, %s: memref<4x64xf16>, %y: memref<?x64xf32>) {
  compress_kernel.contract ins(%x, %v, %s : memref<?x256xf16>, memref<4x4x64x8xi8>, memref<4x64xf16>) outs(%y : memref<?x64xf32>) {weight = !w4,
      compress_kernel.schedule = #compress_kernel.stream<tile = [16, 32], warps = [1, 4], stages = 3>}
  return
}
func.func @beside(%x: memref<?x256xf16>, %v: memref<4x4x64x8xi8>, %s: memref<4x64xf16>, %y: memref<?x64xf32>) {
  compress_kernel.contract ins(%x, %v, %s : memref<?x256xf16>, memref<4x4x64x8xi8>, memref<4x64xf16>) outs(%y : memref<?x64xf32>) {weight = !w4,
      compress_kernel.schedule = #compress_kernel.stream<tile = [16, 32], warps = [2, 4], stages = 3>}
  return
}
