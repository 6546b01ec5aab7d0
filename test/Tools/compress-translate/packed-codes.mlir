// Weights whose codes are floats, or entries of a table for each channel: the assembler accepts their kernels, and spills nothing.

// REQUIRES: ptxas
// DEFINE: %{clean} = --implicit-check-not='{{[1-9][0-9]*}} bytes spill' --implicit-check-not='{{warning|error}}'
// RUN: rm -rf %t && mkdir %t
// RUN: compress-translate %s --target=cuda --chip=sm_80 -o %t/80.cubin --resource-usage 2>&1 | FileCheck %s %{clean} -DCHIP=sm_80
// RUN: compress-translate %s --target=cuda --chip=sm_90a -o %t/90.cubin --resource-usage 2>&1 | FileCheck %s %{clean} -DCHIP=sm_90a

// CHECK-COUNT-6: Compiling entry function '{{e4m3|e5m2|e2m1|mxfp8|nvfp4|kmeans}}_{{stream|wgmma_decode}}' for '[[CHIP]]'

#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
!e4m3 = !compress.tensor<4096x4096xf16, #compress.scheme<storage = #compress.float<f8E4M3FN, block = [*, 1], scale = f32>, layout = #compress.tiled<[32, 16], bits = [4, 3, 7, 8, 5, 6, 0, 1, 2]>>>
!e5m2 = !compress.tensor<4096x4096xbf16, #compress.scheme<storage = #compress.float<f8E5M2, block = [*, 1], scale = f32>, layout = #compress.tiled<[32, 16], bits = [4, 3, 7, 8, 5, 6, 0, 1, 2]>>>
!mxfp8 = !compress.tensor<4096x4096xbf16, #compress.scheme<storage = #compress.float<f8E4M3FN, block = [32, 1], scale = f8E8M0FNU>, layout = #compress.tiled<[32, 16], bits = [4, 3, 7, 8, 5, 6, 0, 1, 2]>>>
!e2m1 = !compress.tensor<4096x4096xf16, #compress.scheme<storage = #compress.float<f4E2M1FN, block = [32, 1], scale = f8E8M0FNU>, layout = #compress.tiled<[64, 16], bits = [3, 7, 4, 8, 9, 5, 6, 0, 1, 2]>>>
!nvfp4 = !compress.tensor<4096x4096xf16, #compress.scheme<storage = #compress.float<f4E2M1FN, block = [16, 1], scale = f8E4M3FN, super = f32>, layout = #compress.tiled<[64, 16], bits = [3, 7, 4, 8, 9, 5, 6, 0, 1, 2]>>>
!kmeans = !compress.tensor<4096x4096xf16, #compress.scheme<storage = #compress.codebook<kmeans, i4, block = [*, 1], table = f16>, layout = #compress.tiled<[64, 16], bits = [3, 7, 4, 8, 9, 5, 6, 0, 1, 2]>>>

func.func @e4m3(%x: tensor<16x4096xf16>, %v: tensor<128x256x32x16xi8>, %s: tensor<1x4096xf32>, %i: tensor<16x4096xf16>) -> tensor<16x4096xf16> {
  %w = compress.assemble %v, %s : (tensor<128x256x32x16xi8>, tensor<1x4096xf32>) -> !e4m3
  %y = compress.contract [#mk, #kn, #mn] ins(%x, %w : tensor<16x4096xf16>, !e4m3) outs(%i : tensor<16x4096xf16>)
  return %y : tensor<16x4096xf16>
}
func.func @e5m2(%x: tensor<16x4096xbf16>, %v: tensor<128x256x32x16xi8>, %s: tensor<1x4096xf32>, %i: tensor<16x4096xbf16>) -> tensor<16x4096xbf16> {
  %w = compress.assemble %v, %s : (tensor<128x256x32x16xi8>, tensor<1x4096xf32>) -> !e5m2
  %y = compress.contract [#mk, #kn, #mn] ins(%x, %w : tensor<16x4096xbf16>, !e5m2) outs(%i : tensor<16x4096xbf16>)
  return %y : tensor<16x4096xbf16>
}
func.func @e2m1(%x: tensor<64x4096xf16>, %v: tensor<64x256x64x8xi8>, %s: tensor<128x4096xi8>, %i: tensor<64x4096xf16>) -> tensor<64x4096xf16> {
  %w = compress.assemble %v, %s : (tensor<64x256x64x8xi8>, tensor<128x4096xi8>) -> !e2m1
  %y = compress.contract [#mk, #kn, #mn] ins(%x, %w : tensor<64x4096xf16>, !e2m1) outs(%i : tensor<64x4096xf16>)
  return %y : tensor<64x4096xf16>
}
func.func @mxfp8(%x: tensor<64x4096xbf16>, %v: tensor<128x256x32x16xi8>, %s: tensor<128x4096xi8>, %i: tensor<64x4096xbf16>) -> tensor<64x4096xbf16> {
  %w = compress.assemble %v, %s : (tensor<128x256x32x16xi8>, tensor<128x4096xi8>) -> !mxfp8
  %y = compress.contract [#mk, #kn, #mn] ins(%x, %w : tensor<64x4096xbf16>, !mxfp8) outs(%i : tensor<64x4096xbf16>)
  return %y : tensor<64x4096xbf16>
}
func.func @nvfp4(%x: tensor<64x4096xf16>, %v: tensor<64x256x64x8xi8>, %s: tensor<256x4096xi8>, %t: tensor<1x1xf32>, %i: tensor<64x4096xf16>) -> tensor<64x4096xf16> {
  %w = compress.assemble %v, %s, %t : (tensor<64x256x64x8xi8>, tensor<256x4096xi8>, tensor<1x1xf32>) -> !nvfp4
  %y = compress.contract [#mk, #kn, #mn] ins(%x, %w : tensor<64x4096xf16>, !nvfp4) outs(%i : tensor<64x4096xf16>)
  return %y : tensor<64x4096xf16>
}
func.func @kmeans(%x: tensor<64x4096xf16>, %v: tensor<64x256x64x8xi8>, %t: tensor<1x4096x16x1xf16>, %i: tensor<64x4096xf16>) -> tensor<64x4096xf16> {
  %w = compress.assemble %v, %t : (tensor<64x256x64x8xi8>, tensor<1x4096x16x1xf16>) -> !kmeans
  %y = compress.contract [#mk, #kn, #mn] ins(%x, %w : tensor<64x4096xf16>, !kmeans) outs(%i : tensor<64x4096xf16>)
  return %y : tensor<64x4096xf16>
}
