// Kernels that decode packed weights to operands of wgmma.

// RUN: compress-opt %s --pass-pipeline='builtin.module(convert-linalg-to-kernels{chip=sm_90a},canonicalize,cse)' | FileCheck %s

!kn = !compress.tensor<256x192xf16, #compress.scheme<storage = #compress.affine<i4, block = [64, 1], scale = f16>, layout = #compress.tiled<[64, 16], bits = [3, 7, 4, 8, 9, 5, 6, 0, 1, 2]>>>
!nk = !compress.tensor<192x256xbf16, #compress.scheme<storage = #compress.affine<i8, block = [1, *], scale = f32>, layout = #compress.tiled<[16, 32], bits = [0, 8, 3, 4, 1, 2, 5, 6, 7]>>>

// One warpgroup copies and two multiply; the activations come by their tensor map, and are not
// passed. Of the last tile, four of eight tiles of the layout are inside.
// CHECK-LABEL: func @groups
// CHECK:         %[[X:.*]] = compress_kernel.encode_tensor_map %{{.*}} box = [128, 64] swizzle = 128 : memref<?x256xf16>
// CHECK:         %[[BLOCKS:.*]] = arith.minui %{{.*}}, %c132
// CHECK:         gpu.launch_func @kernels::@groups_wgmma_decode blocks in (%[[BLOCKS]], %c1, %c1)
// CHECK-SAME:      threads in (%c384, %c1, %c1)
// CHECK-SAME:      args(%{{.*}} : memref<i8>, %{{.*}} : memref<f16>, %{{.*}} : memref<f32>, %{{.*}} : index, %{{.*}} : index, %[[X]] : !compress_kernel.tensor_map)
// CHECK:         gpu.func @groups_wgmma_decode
// CHECK-SAME:      compress_kernel.schedule = #compress_kernel.wgmma_decode<tile = [128, 128], consumers = 2, stages = 3>
// CHECK-COUNT-6:   nvvm.mbarrier.init
// The warpgroup that copies expects what the tile has of the weight, one line of tiles that lie
// side by side.
// CHECK:           nvvm.setmaxregister decrease 40
// CHECK:           scf.for
// CHECK:             scf.for
// CHECK:               nvvm.mbarrier.try_wait.parity
// CHECK:               nvvm.mbarrier.arrive.expect_tx
// CHECK:               nvvm.cp.async.bulk.tensor.shared.cluster.global
// CHECK:               nvvm.cp.async.bulk.shared.cluster.global
// CHECK-NOT:           nvvm.cp.async.bulk
// The others have parameters one step ahead. They decode four fragments, each while the one
// before is multiplied, and with the first products of a step those of the stage before end.
// CHECK:           } else {
// CHECK:             nvvm.setmaxregister increase 232
// CHECK:             scf.for
// CHECK:               memref.load {{.*}} : memref<4x192xf16
// CHECK:               scf.for
// CHECK:                 memref.load {{.*}} : memref<4x192xf16
// CHECK:                 nvvm.mbarrier.try_wait.parity
// CHECK:                 llvm.load {{.*}} : !llvm.ptr<3> -> vector<4xi32>
// CHECK-COUNT-4:         compress_kernel.lop3
// CHECK:                 nvvm.wgmma.fence.aligned
// CHECK-NEXT:            compress_kernel.wgmma {{.*}}, vector<2xf16>
// CHECK-NEXT:            nvvm.wgmma.commit.group.sync.aligned
// CHECK-NEXT:            nvvm.wgmma.wait.group.sync.aligned 1
// CHECK:                 nvvm.mbarrier.arrive %
// CHECK-COUNT-4:         compress_kernel.lop3
// CHECK:                 compress_kernel.wgmma
// CHECK:                 compress_kernel.wgmma
// CHECK:                 compress_kernel.wgmma
// CHECK-NOT:             compress_kernel.wgmma %
// CHECK:               compress_kernel.wgmma_wait
// CHECK:               nvvm.mbarrier.arrive %
// CHECK:               nvvm.bar.warp.sync
func.func @groups(%x: memref<?x256xf16>, %v: memref<4x12x64x8xi8>, %s: memref<4x192xf16>, %y: memref<?x192xf32>) {
  compress_kernel.contract ins(%x, %v, %s : memref<?x256xf16>, memref<4x12x64x8xi8>, memref<4x192xf16>) outs(%y : memref<?x192xf32>) {weight = !kn,
      compress_kernel.schedule = #compress_kernel.wgmma_decode<tile = [128, 128], consumers = 2, stages = 3>}
  return
}

// The tiles of a transposed weight lie side by side along K: a copy for each along N. Two
// instructions for each warp; parameters of whole channels are loaded once for a tile.
// CHECK-LABEL: gpu.func @channels_wgmma_decode
// CHECK-NOT:       setmaxregister
// CHECK:           nvvm.cp.async.bulk.tensor.shared.cluster.global
// CHECK:           scf.for
// CHECK:             nvvm.cp.async.bulk.shared.cluster.global
// CHECK:           memref.load {{.*}} : memref<192x1xf32
// CHECK:           scf.for
// CHECK-NOT:         memref.load
// CHECK-COUNT-4:     llvm.load {{.*}} : !llvm.ptr<3> -> vector<4xi32>
// CHECK-COUNT-8:     compress_kernel.wgmma %{{.*}}, vector<2xbf16>
// CHECK-NOT:         compress_kernel.wgmma %
// CHECK:           compress_kernel.wgmma_wait
func.func @channels(%x: memref<128x256xbf16>, %v: memref<12x8x16x32xi8>, %s: memref<192x1xf32>, %y: memref<128x192xf32>) {
  compress_kernel.contract ins(%x, %v, %s : memref<128x256xbf16>, memref<12x8x16x32xi8>, memref<192x1xf32>) outs(%y : memref<128x192xf32>) {weight = !nk, transposed,
      compress_kernel.schedule = #compress_kernel.wgmma_decode<tile = [64, 128], consumers = 1, stages = 4>}
  return
}
