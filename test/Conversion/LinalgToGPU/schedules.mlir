// What the cost model chooses: schedules of products M x N x K of f16.

// RUN: compress-opt %s --convert-linalg-to-kernels=chip=sm_80 | FileCheck %s --check-prefix=SM80
// RUN: compress-opt %s --convert-linalg-to-kernels=chip=sm_90a | FileCheck %s --check-prefix=SM90

// One that is written by hand stays, also through the ops' generic form.
// RUN: compress-opt %s --convert-linalg-to-kernels=chip=sm_80 | FileCheck %s --check-prefix=HAND
// HAND: gpu.func @by_hand_mma
// HAND-SAME: compress_kernel.schedule = #compress_kernel.mma_sync<tile = [64, 64, 64], warps = [2, 2], stages = 2>
// HAND-SAME: known_block_size = array<i32: 128, 1, 1>

// SM80: gpu.func @p1x4096x4096_mma
// SM80-SAME: mma_sync<tile = [16, 128, 64], warps = [1, 8], stages = 5>
// SM80: gpu.func @p16x4096x11008_mma
// SM80-SAME: mma_sync<tile = [16, 128, 64], warps = [1, 8], stages = 5>
// SM80: gpu.func @p64x4096x4096_mma
// SM80-SAME: mma_sync<tile = [64, 64, 64], warps = [2, 2], stages = 4>
// SM80: gpu.func @p128x512x512_mma
// SM80-SAME: mma_sync<tile = [16, 64, 64], warps = [1, 4], stages = 8>
// SM80: gpu.func @p256x4096x4096_mma
// SM80-SAME: mma_sync<tile = [128, 128, 64], warps = [2, 4], stages = 4>
// SM80: gpu.func @p1024x1024x1024_mma
// SM80-SAME: mma_sync<tile = [128, 128, 64], warps = [2, 4], stages = 4>
// SM80: gpu.func @p4096x4096x4096_mma
// SM80-SAME: mma_sync<tile = [128, 64, 64], warps = [4, 2], stages = 4>
// SM80: gpu.func @p8192x8192x8192_mma
// SM80-SAME: mma_sync<tile = [128, 256, 64], warps = [2, 4], stages = 3>
// SM80: gpu.func @p32x64x32_mma
// SM80-SAME: mma_sync<tile = [16, 64, 64], warps = [1, 4], stages = 8>

// SM90: gpu.func @p1x4096x4096_wgmma
// SM90-SAME: wgmma<tile = [64, 16, 64], consumers = 1, stages = 12, swap = true>
// SM90: gpu.func @p16x4096x11008_wgmma
// SM90-SAME: wgmma<tile = [64, 16, 64], consumers = 1, stages = 12, swap = true>
// SM90: gpu.func @p64x4096x4096_wgmma
// SM90-SAME: wgmma<tile = [64, 32, 64], consumers = 1, stages = 12, swap = true>
// SM90: gpu.func @p128x512x512_wgmma
// SM90-SAME: wgmma<tile = [64, 16, 64], consumers = 1, stages = 12, swap = true>
// SM90: gpu.func @p256x4096x4096_wgmma
// SM90-SAME: wgmma<tile = [128, 64, 64], consumers = 2, stages = 8>
// SM90: gpu.func @p1024x1024x1024_wgmma
// SM90-SAME: wgmma<tile = [128, 64, 64], consumers = 2, stages = 8>
// SM90: gpu.func @p4096x4096x4096_wgmma
// SM90-SAME: wgmma<tile = [128, 256, 64], consumers = 2, stages = 4>
// SM90: gpu.func @p8192x8192x8192_wgmma
// SM90-SAME: wgmma<tile = [128, 256, 64], consumers = 2, stages = 4>
// SM90: gpu.func @p32x64x32_wgmma
// SM90-SAME: wgmma<tile = [64, 16, 64], consumers = 1, stages = 12, swap = true>

func.func @p1x4096x4096(%a: memref<1x4096xf16>, %b: memref<4096x4096xf16>, %c: memref<1x4096xf32>) {
  linalg.matmul ins(%a, %b : memref<1x4096xf16>, memref<4096x4096xf16>) outs(%c : memref<1x4096xf32>)
  return
}

func.func @p16x4096x11008(%a: memref<16x11008xf16>, %b: memref<11008x4096xf16>, %c: memref<16x4096xf32>) {
  linalg.matmul ins(%a, %b : memref<16x11008xf16>, memref<11008x4096xf16>) outs(%c : memref<16x4096xf32>)
  return
}

func.func @p64x4096x4096(%a: memref<64x4096xf16>, %b: memref<4096x4096xf16>, %c: memref<64x4096xf32>) {
  linalg.matmul ins(%a, %b : memref<64x4096xf16>, memref<4096x4096xf16>) outs(%c : memref<64x4096xf32>)
  return
}

func.func @p128x512x512(%a: memref<128x512xf16>, %b: memref<512x512xf16>, %c: memref<128x512xf32>) {
  linalg.matmul ins(%a, %b : memref<128x512xf16>, memref<512x512xf16>) outs(%c : memref<128x512xf32>)
  return
}

func.func @p256x4096x4096(%a: memref<256x4096xf16>, %b: memref<4096x4096xf16>, %c: memref<256x4096xf32>) {
  linalg.matmul ins(%a, %b : memref<256x4096xf16>, memref<4096x4096xf16>) outs(%c : memref<256x4096xf32>)
  return
}

func.func @p1024x1024x1024(%a: memref<1024x1024xf16>, %b: memref<1024x1024xf16>, %c: memref<1024x1024xf32>) {
  linalg.matmul ins(%a, %b : memref<1024x1024xf16>, memref<1024x1024xf16>) outs(%c : memref<1024x1024xf32>)
  return
}

func.func @p4096x4096x4096(%a: memref<4096x4096xf16>, %b: memref<4096x4096xf16>, %c: memref<4096x4096xf32>) {
  linalg.matmul ins(%a, %b : memref<4096x4096xf16>, memref<4096x4096xf16>) outs(%c : memref<4096x4096xf32>)
  return
}

func.func @p8192x8192x8192(%a: memref<8192x8192xf16>, %b: memref<8192x8192xf16>, %c: memref<8192x8192xf32>) {
  linalg.matmul ins(%a, %b : memref<8192x8192xf16>, memref<8192x8192xf16>) outs(%c : memref<8192x8192xf32>)
  return
}

func.func @p32x64x32(%a: memref<32x32xf16>, %b: memref<32x64xf16>, %c: memref<32x64xf32>) {
  linalg.matmul ins(%a, %b : memref<32x32xf16>, memref<32x64xf16>) outs(%c : memref<32x64xf32>)
  return
}

// The batch, of two loops, is as long as it may be.
// SM80: gpu.func @batches_mma
// SM80-SAME: mma_sync<tile = [128, 256, 64], warps = [2, 4], stages = 3>
// SM90: gpu.func @batches_mma
// SM90-SAME: mma_sync<tile = [128, 256, 64], warps = [2, 4], stages = 3>
func.func @batches(%a: memref<6x?x512x64xf16>, %b: memref<6x?x64x512xf16>, %c: memref<6x?x512x512xf32>) {
  linalg.generic {
      indexing_maps = [affine_map<(i, j, m, n, k) -> (i, j, m, k)>, affine_map<(i, j, m, n, k) -> (i, j, k, n)>, affine_map<(i, j, m, n, k) -> (i, j, m, n)>],
      iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]}
      ins(%a, %b : memref<6x?x512x64xf16>, memref<6x?x64x512xf16>) outs(%c : memref<6x?x512x512xf32>) {
  ^bb0(%x: f16, %y: f16, %acc: f32):
    %xe = arith.extf %x : f16 to f32
    %ye = arith.extf %y : f16 to f32
    %p = arith.mulf %xe, %ye : f32
    %r = arith.addf %acc, %p : f32
    linalg.yield %r : f32
  }
  return
}

func.func @by_hand(%a: memref<1024x64xf16>, %b: memref<64x1024xf16>, %c: memref<1024x1024xf32>) {
  linalg.matmul {compress_kernel.schedule = #compress_kernel.mma_sync<tile = [64, 64, 64], warps = [2, 2], stages = 2>}
      ins(%a, %b : memref<1024x64xf16>, memref<64x1024xf16>) outs(%c : memref<1024x1024xf32>)
  return
}
