// What the cost model chooses for products with packed weights: m<rows>_<K>x<N>_<type>.

// RUN: compress-opt %s --compress-stream-contracts=chip=sm_80 | FileCheck %s --check-prefix=SM80
// RUN: compress-opt %s --compress-stream-contracts=chip=sm_90a | FileCheck %s --check-prefix=SM90

// SM80-LABEL: func.func @m1_4096x1024_i4(
// SM80: compress_kernel.schedule = #compress_kernel.stream<tile = [8, 32], warps = [1, 8], stages = 4, splits = 2>
// SM80-LABEL: func.func @m1_4096x4096_i4(
// SM80: compress_kernel.schedule = #compress_kernel.stream<tile = [8, 64], warps = [2, 4], stages = 4>
// SM80-LABEL: func.func @m1_8192x28672_i4(
// SM80: compress_kernel.schedule = #compress_kernel.stream<tile = [8, 32], warps = [1, 8], stages = 6>
// SM80-LABEL: func.func @m16_4096x4096_i4(
// SM80: compress_kernel.schedule = #compress_kernel.stream<tile = [16, 64], warps = [2, 4], stages = 4>
// SM80-LABEL: func.func @m16_28672x8192_i4(
// SM80: compress_kernel.schedule = #compress_kernel.stream<tile = [16, 32], warps = [1, 8], stages = 4>
// SM80-LABEL: func.func @m33_4096x4096_i8(
// SM80: compress_kernel.schedule = #compress_kernel.stream<tile = [64, 64], warps = [2, 4], stages = 3>
// SM80-LABEL: func.func @m64_4096x11008_i4(
// SM80: compress_kernel.schedule = #compress_kernel.stream<tile = [64, 128], warps = [4, 2], stages = 4>

// SM90-LABEL: func.func @m1_4096x1024_i4(
// SM90: compress_kernel.schedule = #compress_kernel.stream<tile = [8, 32], warps = [1, 8], stages = 4, splits = 4>
// SM90-LABEL: func.func @m1_4096x4096_i4(
// SM90: compress_kernel.schedule = #compress_kernel.stream<tile = [8, 32], warps = [1, 8], stages = 4>
// SM90-LABEL: func.func @m1_8192x28672_i4(
// SM90: compress_kernel.schedule = #compress_kernel.stream<tile = [8, 128], warps = [4, 2], stages = 4>
// SM90-LABEL: func.func @m16_4096x4096_i4(
// SM90: compress_kernel.schedule = #compress_kernel.stream<tile = [16, 32], warps = [1, 8], stages = 4>
// SM90-LABEL: func.func @m16_28672x8192_i4(
// SM90: compress_kernel.schedule = #compress_kernel.stream<tile = [16, 64], warps = [2, 4], stages = 4>
// SM90-LABEL: func.func @m33_4096x4096_i8(
// SM90: compress_kernel.schedule = #compress_kernel.stream<tile = [64, 128], warps = [4, 2], stages = 4, splits = 4>
// SM90-LABEL: func.func @m64_4096x11008_i4(
// By wgmma, which is chosen when it is known that bulk copies can read the rows.
// SM90: compress_kernel.contract
// SM90-NOT: compress_kernel.schedule

#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>

func.func @m1_4096x1024_i4(%x: tensor<1x4096xf16>, %v: tensor<64x64x64x8xi8>, %s: tensor<32x1024xf16>, %i: tensor<1x1024xf32>) -> tensor<1x1024xf32> {
  %w = compress.assemble %v, %s : (tensor<64x64x64x8xi8>, tensor<32x1024xf16>) -> !compress.tensor<4096x1024xf16, #compress.scheme<storage = #compress.affine<i4, block = [128, 1], scale = f16>, layout = #compress.tiled<[64, 16], bits = [3, 7, 4, 8, 9, 5, 6, 0, 1, 2]>>>
  %y = compress.contract [#mk, #kn, #mn] ins(%x, %w : tensor<1x4096xf16>, !compress.tensor<4096x1024xf16, #compress.scheme<storage = #compress.affine<i4, block = [128, 1], scale = f16>, layout = #compress.tiled<[64, 16], bits = [3, 7, 4, 8, 9, 5, 6, 0, 1, 2]>>>) outs(%i : tensor<1x1024xf32>)
  return %y : tensor<1x1024xf32>
}

func.func @m1_4096x4096_i4(%x: tensor<1x4096xf16>, %v: tensor<64x256x64x8xi8>, %s: tensor<32x4096xf16>, %i: tensor<1x4096xf32>) -> tensor<1x4096xf32> {
  %w = compress.assemble %v, %s : (tensor<64x256x64x8xi8>, tensor<32x4096xf16>) -> !compress.tensor<4096x4096xf16, #compress.scheme<storage = #compress.affine<i4, block = [128, 1], scale = f16>, layout = #compress.tiled<[64, 16], bits = [3, 7, 4, 8, 9, 5, 6, 0, 1, 2]>>>
  %y = compress.contract [#mk, #kn, #mn] ins(%x, %w : tensor<1x4096xf16>, !compress.tensor<4096x4096xf16, #compress.scheme<storage = #compress.affine<i4, block = [128, 1], scale = f16>, layout = #compress.tiled<[64, 16], bits = [3, 7, 4, 8, 9, 5, 6, 0, 1, 2]>>>) outs(%i : tensor<1x4096xf32>)
  return %y : tensor<1x4096xf32>
}

func.func @m1_8192x28672_i4(%x: tensor<1x8192xf16>, %v: tensor<128x1792x64x8xi8>, %s: tensor<64x28672xf16>, %i: tensor<1x28672xf32>) -> tensor<1x28672xf32> {
  %w = compress.assemble %v, %s : (tensor<128x1792x64x8xi8>, tensor<64x28672xf16>) -> !compress.tensor<8192x28672xf16, #compress.scheme<storage = #compress.affine<i4, block = [128, 1], scale = f16>, layout = #compress.tiled<[64, 16], bits = [3, 7, 4, 8, 9, 5, 6, 0, 1, 2]>>>
  %y = compress.contract [#mk, #kn, #mn] ins(%x, %w : tensor<1x8192xf16>, !compress.tensor<8192x28672xf16, #compress.scheme<storage = #compress.affine<i4, block = [128, 1], scale = f16>, layout = #compress.tiled<[64, 16], bits = [3, 7, 4, 8, 9, 5, 6, 0, 1, 2]>>>) outs(%i : tensor<1x28672xf32>)
  return %y : tensor<1x28672xf32>
}

func.func @m16_4096x4096_i4(%x: tensor<16x4096xf16>, %v: tensor<64x256x64x8xi8>, %s: tensor<32x4096xf16>, %i: tensor<16x4096xf32>) -> tensor<16x4096xf32> {
  %w = compress.assemble %v, %s : (tensor<64x256x64x8xi8>, tensor<32x4096xf16>) -> !compress.tensor<4096x4096xf16, #compress.scheme<storage = #compress.affine<i4, block = [128, 1], scale = f16>, layout = #compress.tiled<[64, 16], bits = [3, 7, 4, 8, 9, 5, 6, 0, 1, 2]>>>
  %y = compress.contract [#mk, #kn, #mn] ins(%x, %w : tensor<16x4096xf16>, !compress.tensor<4096x4096xf16, #compress.scheme<storage = #compress.affine<i4, block = [128, 1], scale = f16>, layout = #compress.tiled<[64, 16], bits = [3, 7, 4, 8, 9, 5, 6, 0, 1, 2]>>>) outs(%i : tensor<16x4096xf32>)
  return %y : tensor<16x4096xf32>
}

func.func @m16_28672x8192_i4(%x: tensor<16x28672xf16>, %v: tensor<448x512x64x8xi8>, %s: tensor<224x8192xf16>, %i: tensor<16x8192xf32>) -> tensor<16x8192xf32> {
  %w = compress.assemble %v, %s : (tensor<448x512x64x8xi8>, tensor<224x8192xf16>) -> !compress.tensor<28672x8192xf16, #compress.scheme<storage = #compress.affine<i4, block = [128, 1], scale = f16>, layout = #compress.tiled<[64, 16], bits = [3, 7, 4, 8, 9, 5, 6, 0, 1, 2]>>>
  %y = compress.contract [#mk, #kn, #mn] ins(%x, %w : tensor<16x28672xf16>, !compress.tensor<28672x8192xf16, #compress.scheme<storage = #compress.affine<i4, block = [128, 1], scale = f16>, layout = #compress.tiled<[64, 16], bits = [3, 7, 4, 8, 9, 5, 6, 0, 1, 2]>>>) outs(%i : tensor<16x8192xf32>)
  return %y : tensor<16x8192xf32>
}

func.func @m33_4096x4096_i8(%x: tensor<33x4096xf16>, %v: tensor<128x256x32x16xi8>, %s: tensor<1x4096xf32>, %i: tensor<33x4096xf32>) -> tensor<33x4096xf32> {
  %w = compress.assemble %v, %s : (tensor<128x256x32x16xi8>, tensor<1x4096xf32>) -> !compress.tensor<4096x4096xf16, #compress.scheme<storage = #compress.affine<i8, block = [*, 1]>, layout = #compress.tiled<[32, 16], bits = [4, 3, 7, 8, 5, 6, 0, 1, 2]>>>
  %y = compress.contract [#mk, #kn, #mn] ins(%x, %w : tensor<33x4096xf16>, !compress.tensor<4096x4096xf16, #compress.scheme<storage = #compress.affine<i8, block = [*, 1]>, layout = #compress.tiled<[32, 16], bits = [4, 3, 7, 8, 5, 6, 0, 1, 2]>>>) outs(%i : tensor<33x4096xf32>)
  return %y : tensor<33x4096xf32>
}

func.func @m64_4096x11008_i4(%x: tensor<64x4096xf16>, %v: tensor<64x688x64x8xi8>, %s: tensor<32x11008xf16>, %i: tensor<64x11008xf32>) -> tensor<64x11008xf32> {
  %w = compress.assemble %v, %s : (tensor<64x688x64x8xi8>, tensor<32x11008xf16>) -> !compress.tensor<4096x11008xf16, #compress.scheme<storage = #compress.affine<i4, block = [128, 1], scale = f16>, layout = #compress.tiled<[64, 16], bits = [3, 7, 4, 8, 9, 5, 6, 0, 1, 2]>>>
  %y = compress.contract [#mk, #kn, #mn] ins(%x, %w : tensor<64x4096xf16>, !compress.tensor<4096x11008xf16, #compress.scheme<storage = #compress.affine<i4, block = [128, 1], scale = f16>, layout = #compress.tiled<[64, 16], bits = [3, 7, 4, 8, 9, 5, 6, 0, 1, 2]>>>) outs(%i : tensor<64x11008xf32>)
  return %y : tensor<64x11008xf32>
}
