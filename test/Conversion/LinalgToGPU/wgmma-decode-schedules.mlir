// What the cost model chooses for products of many rows with packed weights, of which bulk
// copies can read the activations: m<rows>_<K>x<N>_<type>.

// RUN: compress-opt %s --convert-linalg-to-kernels=chip=sm_90a | FileCheck %s
// RUN: compress-opt %s --convert-linalg-to-kernels=chip=sm_80 | FileCheck %s --check-prefix=SM80
// SM80-NOT: wgmma

// CHECK: gpu.func @m64_4096x4096_i4_wgmma_decode(
// CHECK-SAME: compress_kernel.schedule = #compress_kernel.wgmma_decode<tile = [64, 128], consumers = 2, stages = 8, splits = 4>
// CHECK: gpu.func @m128_4096x4096_i4_wgmma_decode(
// CHECK-SAME: compress_kernel.schedule = #compress_kernel.wgmma_decode<tile = [64, 128], consumers = 2, stages = 8, splits = 2>
// CHECK: gpu.func @m256_4096x14336_i4_wgmma_decode(
// CHECK-SAME: compress_kernel.schedule = #compress_kernel.wgmma_decode<tile = [256, 128], consumers = 2, stages = 6>
// CHECK: gpu.func @m1024_4096x4096_i4_wgmma_decode(
// CHECK-SAME: compress_kernel.schedule = #compress_kernel.wgmma_decode<tile = [256, 128], consumers = 2, stages = 6>
// CHECK: gpu.func @m2048_4096x14336_i8_wgmma_decode(
// CHECK-SAME: compress_kernel.schedule = #compress_kernel.wgmma_decode<tile = [256, 128], consumers = 2, stages = 5>
// CHECK: gpu.func @m8192_8192x28672_i4_wgmma_decode(
// CHECK-SAME: compress_kernel.schedule = #compress_kernel.wgmma_decode<tile = [256, 128], consumers = 2, stages = 6>

func.func @m64_4096x4096_i4(%x: memref<64x4096xf16>, %v: memref<64x256x64x8xi8>, %s: memref<32x4096xf16>, %y: memref<64x4096xf32>) {
  compress_kernel.contract ins(%x, %v, %s : memref<64x4096xf16>, memref<64x256x64x8xi8>, memref<32x4096xf16>) outs(%y : memref<64x4096xf32>) {weight = !compress.tensor<4096x4096xf16, #compress.scheme<storage = #compress.affine<i4, block = [128, 1], scale = f16>, layout = #compress.tiled<[64, 16], bits = [3, 7, 4, 8, 9, 5, 6, 0, 1, 2]>>>}
  return
}

func.func @m128_4096x4096_i4(%x: memref<128x4096xf16>, %v: memref<64x256x64x8xi8>, %s: memref<32x4096xf16>, %y: memref<128x4096xf32>) {
  compress_kernel.contract ins(%x, %v, %s : memref<128x4096xf16>, memref<64x256x64x8xi8>, memref<32x4096xf16>) outs(%y : memref<128x4096xf32>) {weight = !compress.tensor<4096x4096xf16, #compress.scheme<storage = #compress.affine<i4, block = [128, 1], scale = f16>, layout = #compress.tiled<[64, 16], bits = [3, 7, 4, 8, 9, 5, 6, 0, 1, 2]>>>}
  return
}

func.func @m256_4096x14336_i4(%x: memref<256x4096xf16>, %v: memref<64x896x64x8xi8>, %s: memref<32x14336xf16>, %y: memref<256x14336xf32>) {
  compress_kernel.contract ins(%x, %v, %s : memref<256x4096xf16>, memref<64x896x64x8xi8>, memref<32x14336xf16>) outs(%y : memref<256x14336xf32>) {weight = !compress.tensor<4096x14336xf16, #compress.scheme<storage = #compress.affine<i4, block = [128, 1], scale = f16>, layout = #compress.tiled<[64, 16], bits = [3, 7, 4, 8, 9, 5, 6, 0, 1, 2]>>>}
  return
}

func.func @m1024_4096x4096_i4(%x: memref<1024x4096xf16>, %v: memref<64x256x64x8xi8>, %s: memref<32x4096xf16>, %y: memref<1024x4096xf32>) {
  compress_kernel.contract ins(%x, %v, %s : memref<1024x4096xf16>, memref<64x256x64x8xi8>, memref<32x4096xf16>) outs(%y : memref<1024x4096xf32>) {weight = !compress.tensor<4096x4096xf16, #compress.scheme<storage = #compress.affine<i4, block = [128, 1], scale = f16>, layout = #compress.tiled<[64, 16], bits = [3, 7, 4, 8, 9, 5, 6, 0, 1, 2]>>>}
  return
}

func.func @m2048_4096x14336_i8(%x: memref<2048x4096xf16>, %v: memref<128x896x32x16xi8>, %s: memref<1x14336xf32>, %y: memref<2048x14336xf32>) {
  compress_kernel.contract ins(%x, %v, %s : memref<2048x4096xf16>, memref<128x896x32x16xi8>, memref<1x14336xf32>) outs(%y : memref<2048x14336xf32>) {weight = !compress.tensor<4096x14336xf16, #compress.scheme<storage = #compress.affine<i8, block = [*, 1]>, layout = #compress.tiled<[32, 16], bits = [4, 3, 7, 8, 5, 6, 0, 1, 2]>>>}
  return
}

func.func @m8192_8192x28672_i4(%x: memref<8192x8192xf16>, %v: memref<128x1792x64x8xi8>, %s: memref<64x28672xf16>, %y: memref<8192x28672xf32>) {
  compress_kernel.contract ins(%x, %v, %s : memref<8192x8192xf16>, memref<128x1792x64x8xi8>, memref<64x28672xf16>) outs(%y : memref<8192x28672xf32>) {weight = !compress.tensor<8192x28672xf16, #compress.scheme<storage = #compress.affine<i4, block = [128, 1], scale = f16>, layout = #compress.tiled<[64, 16], bits = [3, 7, 4, 8, 9, 5, 6, 0, 1, 2]>>>}
  return
}
