// RUN: split-file %s %t
// RUN: compress-opt %t/kernels.mlir \
// RUN:   --pass-pipeline='builtin.module(convert-linalg-to-kernels{chip=sm_90a},canonicalize,cse)' \
// RUN:   | FileCheck %s
// RUN: compress-opt %t/gathered.mlir \
// RUN:   --pass-pipeline='builtin.module(convert-linalg-to-kernels{chip=sm_90a},canonicalize,cse)' \
// RUN:   | FileCheck %s --check-prefix=GATHERED
// RUN: not compress-opt %t/narrow.mlir --convert-linalg-to-kernels=chip=sm_90a 2>&1 \
// RUN:   | FileCheck %s --check-prefix=NARROW

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

// A line of 124 elements is no multiple of 16 bytes: all threads of the producer copy
// pieces of 8 bytes of A, while B comes by boxes still. The thread that starts these arrives
// at a stage's barrier, and one of each of the producer's four warps.

// GATHERED-LABEL: func @unaligned
// GATHERED-COUNT-1: compress_kernel.encode_tensor_map %{{.*}} box = [64, 64] swizzle = 128 : memref<124x64xf16>
// GATHERED:       gpu.func @unaligned_wgmma
// GATHERED-DAG:     %[[C5:.*]] = arith.constant 5 : i32
// GATHERED-DAG:     %[[C3:.*]] = arith.constant 3 : i32
// GATHERED-DAG:     %[[C1:.*]] = arith.constant 1 : i32
// GATHERED:         nvvm.mbarrier.init %{{.*}}, %[[C5]]
// One stage is left to the consumers, one waits for them: what was started one step before is
// waited for, and said to be full, once there was one.
// GATHERED:         %[[TILES:.*]]:3 = scf.for
// GATHERED:           scf.for {{.*}} iter_args(%[[STAGE:.*]] = %{{.*}}, %{{.*}} = %{{.*}}, %[[FILLED:.*]] = %{{.*}})
// GATHERED:             nvvm.mbarrier.try_wait.parity
// GATHERED:             scf.if
// GATHERED-NEXT:          nvvm.mbarrier.arrive.expect_tx
// GATHERED:               nvvm.cp.async.bulk.tensor
// GATHERED-COUNT-8:     nvvm.cp.async.shared.global %{{.*}}, %{{.*}}, 8, cache = ca
// GATHERED-NOT:         nvvm.cp.async.shared
// GATHERED:             nvvm.cp.async.commit.group
// GATHERED-NEXT:        nvvm.cp.async.wait.group 1
// GATHERED-NEXT:        nvvm.fence.proxy {kind = #nvvm.proxy_kind<async.shared>, space = #nvvm.shared_space<cta>}
// GATHERED-NEXT:        nvvm.bar.warp.sync
// GATHERED:             %[[BEFORE:.*]] = arith.subi %[[STAGE]], %[[C1]]
// GATHERED:             arith.select %{{.*}}, %{{.*}}, %[[BEFORE]]
// GATHERED:             arith.cmpi sgt, %[[FILLED]], %{{.*}}
// GATHERED:             scf.if
// GATHERED:               nvvm.mbarrier.arrive %
// After the last tile the last copies are waited for.
// GATHERED:         nvvm.cp.async.wait.group 0
// GATHERED-NEXT:    nvvm.fence.proxy
// GATHERED:         nvvm.mbarrier.arrive %
// GATHERED:         } else {
//--- gathered.mlir
func.func @unaligned(%a: memref<64x124xf16>, %b: memref<124x64xf16>, %c: memref<64x64xf32>) {
  linalg.matmul {compress_kernel.schedule = #compress_kernel.wgmma<tile = [64, 64, 64], consumers = 1, stages = 4>}
      ins(%a, %b : memref<64x124xf16>, memref<124x64xf16>) outs(%c : memref<64x64xf32>)
  return
}

// A product whose operands are contiguous nowhere has them read as if they were computed, and
// waits for no copies.
// GATHERED-LABEL: gpu.func @nowhere_wgmma
// GATHERED-NOT:     nvvm.cp.async
// GATHERED:         memref.load
// GATHERED:         llvm.store %{{.*}} : vector<8xf16>, !llvm.ptr<3>
// GATHERED-NOT:     nvvm.cp.async
// GATHERED:         nvvm.fence.proxy
// GATHERED-NEXT:    nvvm.bar.warp.sync
// GATHERED:         nvvm.mbarrier.arrive %
// GATHERED:         nvvm.wgmma.mma_async
func.func @nowhere(%a: memref<?x?xf16, strided<[?, ?], offset: ?>>, %b: memref<?x?xf16, strided<[?, ?], offset: ?>>, %c: memref<?x?xf32>) {
  linalg.matmul {compress_kernel.schedule = #compress_kernel.wgmma<tile = [64, 16, 64], consumers = 1, stages = 4>}
      ins(%a, %b : memref<?x?xf16, strided<[?, ?], offset: ?>>, memref<?x?xf16, strided<[?, ?], offset: ?>>) outs(%c : memref<?x?xf32>)
  return
}

// NARROW: error: 'linalg.generic' op has a schedule by wgmma, but is no product for it: expected operands of f16 or of bf16, or of f32 with the option tf32, in buffers that are contiguous along K; a tile that is a multiple of 64 along a dimension of 16-bit elements that is contiguous instead of K; and along K 64, or 32 for f32
//--- narrow.mlir
func.func @narrow(%a: memref<64x64xf16>, %b: memref<64x64xf16>, %c: memref<64x64xf32>) {
  linalg.matmul {compress_kernel.schedule = #compress_kernel.wgmma<tile = [64, 16, 64], consumers = 1, stages = 4>}
      ins(%a, %b : memref<64x64xf16>, memref<64x64xf16>) outs(%c : memref<64x64xf32>)
  return
}
