// RUN: split-file %s %t
// RUN: compress-opt %t/kernels.mlir \
// RUN:   --pass-pipeline='builtin.module(convert-linalg-to-kernels{chip=sm_90a},canonicalize,cse)' \
// RUN:   | FileCheck %s
// RUN: not compress-opt %t/unaligned.mlir --convert-linalg-to-kernels=chip=sm_90a 2>&1 \
// RUN:   | FileCheck %s --check-prefix=UNALIGNED

// One warpgroup copies and two multiply; 132 blocks at most. A has lines along K,
// B across it: a tile of 128 columns is two boxes of 64. Each has its tensor map,
// and pointers are not passed.

// CHECK-LABEL: func @plain
// CHECK:         %[[A:.*]] = compress_kernel.encode_tensor_map %{{.*}} box = [128, 64] swizzle = 128 : memref<?x256xf16>
// CHECK:         %[[B:.*]] = compress_kernel.encode_tensor_map %{{.*}} box = [64, 64] swizzle = 128 : memref<256x2048xf16>
// CHECK:         %[[BLOCKS:.*]] = arith.minui %{{.*}}, %c132
// CHECK:         gpu.launch_func @kernels::@plain_wgmma blocks in (%[[BLOCKS]], %c1, %c1)
// CHECK-SAME:      threads in (%c384, %c1, %c1) dynamic_shared_memory_size %{{.*}} args(%{{.*}} : memref<f32>, %{{.*}} : index, %[[A]] : !compress_kernel.tensor_map, %[[B]] : !compress_kernel.tensor_map)
// CHECK:         gpu.func @plain_wgmma
// CHECK-SAME:      compress_kernel.schedule = #compress_kernel.wgmma<tile = [128, 128, 64], consumers = 2, stages = 3>
// CHECK-SAME:      known_block_size = array<i32: 384, 1, 1>
// The warp is known to be one, and so its role.
// CHECK:           nvvm.shfl.sync idx
// Of three stages, two barriers each.
// CHECK-COUNT-6:   nvvm.mbarrier.init
// CHECK:           nvvm.fence.mbarrier.init
// CHECK:           nvvm.barrier
// CHECK:           nvvm.setmaxregister decrease 40
// CHECK:           scf.for
// CHECK:             scf.for
// CHECK:               nvvm.mbarrier.try_wait.parity
// CHECK:               nvvm.mbarrier.arrive.expect_tx
// CHECK-COUNT-3:       nvvm.cp.async.bulk.tensor.shared.cluster.global
// CHECK-NOT:           nvvm.cp.async.bulk
// CHECK:           } else {
// CHECK:             nvvm.setmaxregister increase 232
// CHECK:             scf.for
// CHECK:               scf.for
// CHECK:                 nvvm.mbarrier.try_wait.parity
// CHECK:                 nvvm.wgmma.fence.aligned
// CHECK-COUNT-4:         nvvm.wgmma.mma_async {{.*}}<m = 64, n = 128, k = 16>, D[<f32>, <one>], A[<f16>, <one>, <row>], B[<f16>, <one>, <row>]
// CHECK:                 nvvm.wgmma.commit.group.sync.aligned
// CHECK:                 nvvm.wgmma.wait.group.sync.aligned 1
// CHECK:                 nvvm.mbarrier.arrive %
// CHECK:               compress_kernel.wgmma_wait
// CHECK:               nvvm.mbarrier.arrive %
// CHECK:               llvm.store %{{.*}} : vector<2xf32>, !llvm.ptr<1>
//--- kernels.mlir
func.func @plain(%a: memref<?x256xf16>, %b: memref<256x2048xf16>, %c: memref<?x2048xf32>) {
  linalg.matmul {compress_kernel.schedule = #compress_kernel.wgmma<tile = [128, 128, 64], consumers = 2, stages = 3>}
      ins(%a, %b : memref<?x256xf16>, memref<256x2048xf16>) outs(%c : memref<?x2048xf32>)
  return
}

// Swapped: the rows of the instruction are columns of the product, of which lines of B run along.
// CHECK-LABEL: gpu.func @swapped_wgmma
// CHECK-SAME:      swap = true
// CHECK-NOT:       setmaxregister
// CHECK:           nvvm.wgmma.mma_async {{.*}}<m = 64, n = 16, k = 16>, D[<f32>, <one>], A[<bf16>, <one>, <col>], B[<bf16>, <one>, <col>]
func.func @swapped(%a: memref<5x256xbf16>, %b: memref<256x2048xbf16>, %c: memref<5x2048xf32>) {
  linalg.matmul {compress_kernel.schedule = #compress_kernel.wgmma<tile = [64, 16, 64], consumers = 1, stages = 8, swap = true>}
      ins(%a, %b : memref<5x256xbf16>, memref<256x2048xbf16>) outs(%c : memref<5x2048xf32>)
  return
}

// Lines of 250 elements are no multiple of 16 bytes: mma.sync copies them.
// CHECK-LABEL: gpu.func @lines_mma
func.func @lines(%a: memref<1024x250xf16>, %b: memref<250x1024xf16>, %c: memref<1024x1024xf32>) {
  linalg.matmul ins(%a, %b : memref<1024x250xf16>, memref<250x1024xf16>) outs(%c : memref<1024x1024xf32>)
  return
}

// UNALIGNED: error: 'linalg.generic' op has a schedule by wgmma, but is no product of two buffers of f16 or bf16, or of f32 with the option tf32, that bulk copies can read: expected one contiguous dimension, which for f32 is K, other strides that are static multiples of 16 bytes, a tile that is a multiple of 64 along a dimension that is contiguous instead of K, and along K 64, or 32 for f32
//--- unaligned.mlir
func.func @unaligned(%a: memref<64x60xf16>, %b: memref<60x64xf16>, %c: memref<64x64xf32>) {
  linalg.matmul {compress_kernel.schedule = #compress_kernel.wgmma<tile = [64, 64, 64], consumers = 1, stages = 4>}
      ins(%a, %b : memref<64x60xf16>, memref<60x64xf16>) outs(%c : memref<64x64xf32>)
  return
}
