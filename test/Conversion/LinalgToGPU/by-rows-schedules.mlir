// What the cost model chooses for products whose number of rows is known when running, with
// packed weights, p<K>x<N>_<type>, and dense, d<K>x<N>: the most rows of each schedule but the last.

// RUN: compress-opt %s --convert-linalg-to-kernels=chip=sm_80 | FileCheck %s --check-prefix=SM80
// RUN: compress-opt %s --convert-linalg-to-kernels=chip=sm_90a | FileCheck %s --check-prefix=SM90

// SM80-LABEL: func.func @p4096x1024_i4(
// SM80: schedule = #compress_kernel.by_rows<most = [16, 64, 192], schedules = [#compress_kernel.stream<tile = [16, 64], warps = [2, 4], stages = 4, splits = 4>, #compress_kernel.stream<tile = [64, 128], warps = [4, 2], stages = 4, splits = 8>, #compress_kernel.stream<tile = [64, 128], warps = [4, 2], stages = 4, splits = 4>, #compress_kernel.stream<tile = [64, 64], warps = [2, 4], stages = 4>]>
// SM80-LABEL: func.func @p4096x4096_i4(
// SM80: schedule = #compress_kernel.by_rows<most = [8, 32, 64], schedules = [#compress_kernel.stream<tile = [8, 64], warps = [2, 4], stages = 4>, #compress_kernel.stream<tile = [32, 64], warps = [2, 4], stages = 4>, #compress_kernel.stream<tile = [64, 64], warps = [2, 4], stages = 4>, #compress_kernel.stream<tile = [64, 128], warps = [4, 2], stages = 4>]>
// SM80-LABEL: func.func @p4096x14336_i8(
// SM80-NOT: scf.if
// SM80-LABEL: func.func @p8192x28672_i4(
// SM80-NOT: scf.if
// SM80-LABEL: func.func @p28672x8192_i4(
// SM80: schedule = #compress_kernel.by_rows<most = [16, 32], schedules = [#compress_kernel.stream<tile = [16, 32], warps = [1, 8], stages = 4>, #compress_kernel.stream<tile = [32, 64], warps = [2, 4], stages = 4, splits = 2>, #compress_kernel.stream<tile = [64, 128], warps = [4, 2], stages = 4>]>
// SM80-LABEL: func.func @d768x768(
// SM80: schedule = #compress_kernel.by_rows<most = [128, 256, 3072], schedules = [#compress_kernel.mma_sync<tile = [16, 64, 64], warps = [1, 4], stages = 8>, #compress_kernel.mma_sync<tile = [16, 128, 64], warps = [1, 8], stages = 5>, #compress_kernel.mma_sync<tile = [128, 64, 64], warps = [4, 2], stages = 4>, #compress_kernel.mma_sync<tile = [128, 128, 64], warps = [2, 4], stages = 4>]>
// SM80-LABEL: func.func @d4096x4096(
// SM80: schedule = #compress_kernel.by_rows<most = [48], schedules = [#compress_kernel.mma_sync<tile = [16, 128, 64], warps = [1, 8], stages = 5>, #compress_kernel.mma_sync<tile = [64, 128, 64], warps = [2, 4], stages = 4>]>
// SM80-LABEL: func.func @d4096x14336(
// SM80-NOT: scf.if
// SM80-LABEL: func.func @d14336x4096(
// SM80: schedule = #compress_kernel.by_rows<most = [48], schedules = [#compress_kernel.mma_sync<tile = [16, 128, 64], warps = [1, 8], stages = 5>, #compress_kernel.mma_sync<tile = [64, 128, 64], warps = [2, 4], stages = 4>]>
// SM80-LABEL: func.func @convolution(
// SM80-NOT: scf.if
// SM80-LABEL: func.func @unknown(
// SM80-NOT: scf.if
// SM80-LABEL: func.func @unaligned(
// SM80: schedule = #compress_kernel.by_rows<most = [48, 96, 384], schedules = [#compress_kernel.stream<tile = [16, 32], warps = [1, 8], stages = 4>, #compress_kernel.stream<tile = [32, 32], warps = [1, 8], stages = 4>, #compress_kernel.stream<tile = [64, 64], warps = [2, 4], stages = 4>, #compress_kernel.stream<tile = [64, 128], warps = [4, 2], stages = 4>]>
// SM80: gpu.module
// SM80: gpu.func @p4096x14336_i8_stream(
// SM80-SAME: schedule = #compress_kernel.stream<tile = [64, 128], warps = [4, 2], stages = 4>
// SM80: gpu.func @p8192x28672_i4_stream(
// SM80-SAME: schedule = #compress_kernel.stream<tile = [32, 64], warps = [2, 4], stages = 4>
// SM80: gpu.func @d4096x14336_mma(
// SM80-SAME: schedule = #compress_kernel.mma_sync<tile = [64, 128, 64], warps = [2, 4], stages = 4>
// SM80: gpu.func @convolution_mma(
// SM80-SAME: schedule = #compress_kernel.mma_sync<tile = [64, 64, 64], warps = [2, 2], stages = 4>
// SM80: gpu.func @unknown_mma(
// SM80-SAME: schedule = #compress_kernel.mma_sync<tile = [128, 128, 64], warps = [2, 4], stages = 4>

// SM90-LABEL: func.func @p4096x1024_i4(
// SM90: schedule = #compress_kernel.by_rows<most = [32, 256, 1536], schedules = [#compress_kernel.stream<tile = [16, 64], warps = [2, 4], stages = 4, splits = 8>, #compress_kernel.wgmma_decode<tile = [64, 128], consumers = 2, stages = 8, splits = 8>, #compress_kernel.wgmma_decode<tile = [128, 128], consumers = 2, stages = 8, splits = 4>, #compress_kernel.wgmma_decode<tile = [64, 128], consumers = 2, stages = 8>]>
// SM90-LABEL: func.func @p4096x4096_i4(
// SM90: schedule = #compress_kernel.by_rows<most = [8, 64, 384], schedules = [#compress_kernel.stream<tile = [8, 32], warps = [1, 8], stages = 4>, #compress_kernel.wgmma_decode<tile = [64, 128], consumers = 2, stages = 8, splits = 4>, #compress_kernel.wgmma_decode<tile = [128, 128], consumers = 2, stages = 8, splits = 4>, #compress_kernel.wgmma_decode<tile = [64, 128], consumers = 2, stages = 8>]>
// SM90-LABEL: func.func @p4096x14336_i8(
// SM90: schedule = #compress_kernel.by_rows<most = [64, 128, 192], schedules = [#compress_kernel.stream<tile = [64, 128], warps = [4, 2], stages = 4>, #compress_kernel.wgmma_decode<tile = [128, 128], consumers = 2, stages = 8>, #compress_kernel.wgmma_decode<tile = [192, 128], consumers = 2, stages = 6>, #compress_kernel.wgmma_decode<tile = [128, 128], consumers = 2, stages = 8>]>
// SM90-LABEL: func.func @p8192x28672_i4(
// SM90: schedule = #compress_kernel.by_rows<most = [8, 32, 192], schedules = [#compress_kernel.stream<tile = [8, 128], warps = [4, 2], stages = 4>, #compress_kernel.stream<tile = [32, 128], warps = [4, 2], stages = 4>, #compress_kernel.wgmma_decode<tile = [64, 256], consumers = 2, stages = 8>, #compress_kernel.wgmma_decode<tile = [128, 128], consumers = 2, stages = 8>]>
// SM90-LABEL: func.func @p28672x8192_i4(
// SM90: schedule = #compress_kernel.by_rows<most = [16, 192, 512], schedules = [#compress_kernel.stream<tile = [16, 64], warps = [2, 4], stages = 4>, #compress_kernel.wgmma_decode<tile = [64, 256], consumers = 2, stages = 8, splits = 4>, #compress_kernel.wgmma_decode<tile = [128, 128], consumers = 2, stages = 8, splits = 2>, #compress_kernel.wgmma_decode<tile = [192, 128], consumers = 2, stages = 6>]>
// SM90-LABEL: func.func @d768x768(
// SM90: schedule = #compress_kernel.by_rows<most = [128, 512, 1024], schedules = [#compress_kernel.wgmma<tile = [64, 16, 64], consumers = 1, stages = 12, swap = true>, #compress_kernel.wgmma<tile = [64, 64, 64], consumers = 1, stages = 8>, #compress_kernel.wgmma<tile = [128, 64, 64], consumers = 2, stages = 8>, #compress_kernel.wgmma<tile = [128, 192, 64], consumers = 2, stages = 5>]>
// SM90-LABEL: func.func @d4096x4096(
// SM90: schedule = #compress_kernel.by_rows<most = [32, 192, 512], schedules = [#compress_kernel.wgmma<tile = [64, 16, 64], consumers = 1, stages = 12, swap = true>, #compress_kernel.wgmma<tile = [64, 64, 64], consumers = 1, stages = 8>, #compress_kernel.wgmma<tile = [128, 128, 64], consumers = 2, stages = 6>, #compress_kernel.wgmma<tile = [128, 256, 64], consumers = 2, stages = 4>]>
// SM90-LABEL: func.func @d4096x14336(
// SM90: schedule = #compress_kernel.by_rows<most = [128, 256, 384], schedules = [#compress_kernel.wgmma<tile = [128, 128, 64], consumers = 2, stages = 6>, #compress_kernel.wgmma<tile = [128, 256, 64], consumers = 2, stages = 4>, #compress_kernel.wgmma<tile = [128, 192, 64], consumers = 2, stages = 5>, #compress_kernel.wgmma<tile = [128, 256, 64], consumers = 2, stages = 4>]>
// SM90-LABEL: func.func @d14336x4096(
// SM90: schedule = #compress_kernel.by_rows<most = [32, 192, 512], schedules = [#compress_kernel.wgmma<tile = [64, 16, 64], consumers = 1, stages = 12, swap = true>, #compress_kernel.wgmma<tile = [64, 64, 64], consumers = 1, stages = 8>, #compress_kernel.wgmma<tile = [128, 128, 64], consumers = 2, stages = 6>, #compress_kernel.wgmma<tile = [128, 256, 64], consumers = 2, stages = 4>]>
// SM90-LABEL: func.func @convolution(
// SM90: schedule = #compress_kernel.by_rows<most = [4096], schedules = [#compress_kernel.wgmma<tile = [64, 32, 64], consumers = 1, stages = 12, swap = true>, #compress_kernel.wgmma<tile = [64, 64, 64], consumers = 1, stages = 8>]>
// SM90-LABEL: func.func @unknown(
// SM90-NOT: scf.if
// SM90-LABEL: func.func @unaligned(
// SM90: schedule = #compress_kernel.by_rows<most = [32, 128, 512], schedules = [#compress_kernel.stream<tile = [8, 32], warps = [1, 8], stages = 4>, #compress_kernel.stream<tile = [16, 32], warps = [1, 8], stages = 4>, #compress_kernel.stream<tile = [64, 64], warps = [2, 4], stages = 4>, #compress_kernel.stream<tile = [64, 128], warps = [4, 2], stages = 4>]>
// SM90: gpu.module
// SM90: gpu.func @unknown_mma(
// SM90-SAME: schedule = #compress_kernel.mma_sync<tile = [128, 64, 64], warps = [4, 2], stages = 4>

func.func @p4096x1024_i4(%x: memref<?x4096xf16>, %v: memref<64x64x64x8xi8>, %s: memref<32x1024xf16>, %y: memref<?x1024xf32>) {
  compress_kernel.contract ins(%x, %v, %s : memref<?x4096xf16>, memref<64x64x64x8xi8>, memref<32x1024xf16>) outs(%y : memref<?x1024xf32>) {weight = !compress.tensor<4096x1024xf16, #compress.scheme<storage = #compress.affine<i4, block = [128, 1], scale = f16>, layout = #compress.tiled<[64, 16], bits = [3, 7, 4, 8, 9, 5, 6, 0, 1, 2]>>>}
  return
}

func.func @p4096x4096_i4(%x: memref<?x4096xf16>, %v: memref<64x256x64x8xi8>, %s: memref<32x4096xf16>, %y: memref<?x4096xf32>) {
  compress_kernel.contract ins(%x, %v, %s : memref<?x4096xf16>, memref<64x256x64x8xi8>, memref<32x4096xf16>) outs(%y : memref<?x4096xf32>) {weight = !compress.tensor<4096x4096xf16, #compress.scheme<storage = #compress.affine<i4, block = [128, 1], scale = f16>, layout = #compress.tiled<[64, 16], bits = [3, 7, 4, 8, 9, 5, 6, 0, 1, 2]>>>}
  return
}

func.func @p4096x14336_i8(%x: memref<?x4096xf16>, %v: memref<128x896x32x16xi8>, %s: memref<1x14336xf32>, %y: memref<?x14336xf32>) {
  compress_kernel.contract ins(%x, %v, %s : memref<?x4096xf16>, memref<128x896x32x16xi8>, memref<1x14336xf32>) outs(%y : memref<?x14336xf32>) {weight = !compress.tensor<4096x14336xf16, #compress.scheme<storage = #compress.affine<i8, block = [*, 1]>, layout = #compress.tiled<[32, 16], bits = [4, 3, 7, 8, 5, 6, 0, 1, 2]>>>}
  return
}

func.func @p8192x28672_i4(%x: memref<?x8192xf16>, %v: memref<128x1792x64x8xi8>, %s: memref<64x28672xf16>, %y: memref<?x28672xf32>) {
  compress_kernel.contract ins(%x, %v, %s : memref<?x8192xf16>, memref<128x1792x64x8xi8>, memref<64x28672xf16>) outs(%y : memref<?x28672xf32>) {weight = !compress.tensor<8192x28672xf16, #compress.scheme<storage = #compress.affine<i4, block = [128, 1], scale = f16>, layout = #compress.tiled<[64, 16], bits = [3, 7, 4, 8, 9, 5, 6, 0, 1, 2]>>>}
  return
}

func.func @p28672x8192_i4(%x: memref<?x28672xf16>, %v: memref<448x512x64x8xi8>, %s: memref<224x8192xf16>, %y: memref<?x8192xf32>) {
  compress_kernel.contract ins(%x, %v, %s : memref<?x28672xf16>, memref<448x512x64x8xi8>, memref<224x8192xf16>) outs(%y : memref<?x8192xf32>) {weight = !compress.tensor<28672x8192xf16, #compress.scheme<storage = #compress.affine<i4, block = [128, 1], scale = f16>, layout = #compress.tiled<[64, 16], bits = [3, 7, 4, 8, 9, 5, 6, 0, 1, 2]>>>}
  return
}

func.func @d768x768(%a: memref<?x768xf16>, %b: memref<768x768xf16>, %c: memref<?x768xf32>) {
  linalg.matmul ins(%a, %b : memref<?x768xf16>, memref<768x768xf16>) outs(%c : memref<?x768xf32>)
  return
}

func.func @d4096x4096(%a: memref<?x4096xf16>, %b: memref<4096x4096xf16>, %c: memref<?x4096xf32>) {
  linalg.matmul ins(%a, %b : memref<?x4096xf16>, memref<4096x4096xf16>) outs(%c : memref<?x4096xf32>)
  return
}

func.func @d4096x14336(%a: memref<?x4096xf16>, %b: memref<4096x14336xf16>, %c: memref<?x14336xf32>) {
  linalg.matmul ins(%a, %b : memref<?x4096xf16>, memref<4096x14336xf16>) outs(%c : memref<?x14336xf32>)
  return
}

func.func @d14336x4096(%a: memref<?x14336xf16>, %b: memref<14336x4096xf16>, %c: memref<?x4096xf32>) {
  linalg.matmul ins(%a, %b : memref<?x14336xf16>, memref<14336x4096xf16>) outs(%c : memref<?x4096xf32>)
  return
}

// At least 3136 positions: fewer are not thought of.
func.func @convolution(%x: memref<?x58x58x64xf16>, %w: memref<3x3x64x64xf16>, %y: memref<?x56x56x64xf32>) {
  linalg.conv_2d_nhwc_hwcf ins(%x, %w : memref<?x58x58x64xf16>, memref<3x3x64x64xf16>) outs(%y : memref<?x56x56x64xf32>)
  return
}

// Nothing is known of the weight: as long as it may be.
func.func @unknown(%a: memref<?x?xf16>, %b: memref<?x?xf16>, %c: memref<?x?xf32>) {
  linalg.matmul ins(%a, %b : memref<?x?xf16>, memref<?x?xf16>) outs(%c : memref<?x?xf32>)
  return
}

// Rows that bulk copies cannot read, since they begin at multiples of 8 bytes.
func.func @unaligned(%x: memref<?x1024xf16, strided<[1028, 1]>>, %v: memref<16x64x64x8xi8>, %s: memref<8x1024xf16>, %y: memref<?x1024xf32>) {
  compress_kernel.contract ins(%x, %v, %s : memref<?x1024xf16, strided<[1028, 1]>>, memref<16x64x64x8xi8>, memref<8x1024xf16>) outs(%y : memref<?x1024xf32>) {weight = !compress.tensor<1024x1024xf16, #compress.scheme<storage = #compress.affine<i4, block = [128, 1], scale = f16>, layout = #compress.tiled<[64, 16], bits = [3, 7, 4, 8, 9, 5, 6, 0, 1, 2]>>>}
  return
}
