// Each attribute is printed as it is written here, and reads back as itself.

// RUN: compress-opt %s | compress-opt | FileCheck %s
// RUN: compress-opt %s --mlir-print-op-generic | compress-opt | FileCheck %s
// RUN: compress-opt %s -emit-bytecode | compress-opt | FileCheck %s

// CHECK-LABEL: func private @sparsity(
// CHECK-SAME: test.bitmap = #compress.bitmap<count = 0>,
// CHECK-SAME: test.block = #compress.block<[32, 1, 16], count = 9223372036854775807>,
// CHECK-SAME: test.csr = #compress.csr<count = 1000>,
// CHECK-SAME: test.dense = #compress.dense,
// CHECK-SAME: test.every = #compress.nm<1:1, axis = 0>,
// CHECK-SAME: test.greatest = #compress.nm<256:256, axis = 9223372036854775807>,
// CHECK-SAME: test.transposable = #compress.nm<2:4, axis = 1, transposable = 0>,
// CHECK-SAME: test.two_of_four = #compress.nm<2:4, axis = 1>
func.func private @sparsity() attributes {
  test.bitmap = #compress.bitmap<count=0>,
  test.block = #compress.block<[32,1,16], count = 0x7fffffffffffffff>,
  test.csr = #compress.csr<count = 1000>,
  test.dense = #compress.dense,
  test.every = #compress.nm<1:1, axis = 0>,
  test.greatest = #compress.nm<256 : 256, axis = 0x7fffffffffffffff>,
  test.transposable = #compress.nm<2:4, axis=1, transposable=0>,
  test.two_of_four = #compress.nm<2:4, axis=1>
}

// The order of the keys does not matter; what has its default is not printed.
// CHECK-LABEL: func private @storage(
// CHECK-SAME: test.block = #compress.affine<i4, block = [128, *]>,
// CHECK-SAME: test.everything = #compress.affine<i7, block = [2, *], scale = bf16, asymmetric>,
// CHECK-SAME: test.f16 = #compress.float<f16>,
// CHECK-SAME: test.f32 = #compress.float<f32>,
// CHECK-SAME: test.narrow = #compress.affine<i2, asymmetric>,
// CHECK-SAME: test.scale = #compress.affine<i8, scale = f16>,
// CHECK-SAME: test.whole = #compress.affine<i8>,
// CHECK-SAME: test.wide = #compress.float<bf16>
func.func private @storage() attributes {
  test.block = #compress.affine<i4, scale = f32, block = [128, *]>,
  test.everything = #compress.affine<i7, asymmetric, scale = bf16, block = [2, *]>,
  test.f16 = #compress.float<f16>,
  test.f32 = #compress.float<f32>,
  test.narrow = #compress.affine<i2, asymmetric>,
  test.scale = #compress.affine<i8, scale = f16>,
  test.whole = #compress.affine<i8, block = [*, *]>,
  test.wide = #compress.float<bf16>
}

// CHECK-LABEL: func private @scaled(
// CHECK-SAME: test.e5m2 = #compress.float<f8E5M2, scale = f8E5M2>,
// CHECK-SAME: test.every = #compress.affine<i3, block = [4, *, 2], scale = f8E4M3FN, super = bf16, super_block = [8, *, *], asymmetric>,
// CHECK-SAME: test.f4 = #compress.float<f4E2M1FN>,
// CHECK-SAME: test.fp8 = #compress.float<f8E4M3FN>,
// CHECK-SAME: test.fp8_channel = #compress.float<f8E4M3FN, block = [*, 1], scale = f32>,
// CHECK-SAME: test.mxfp4 = #compress.float<f4E2M1FN, block = [32, 1], scale = f8E8M0FNU>,
// CHECK-SAME: test.nvfp4 = #compress.float<f4E2M1FN, block = [16, 1], scale = f8E4M3FN, super = f32>,
// CHECK-SAME: test.scaling = #compress.scaling<f16, block = [2, 1], super = f32, super_block = [4, *]>,
// CHECK-SAME: test.super = #compress.affine<i8, scale = f16, super = f16>
func.func private @scaled() attributes {
  test.e5m2 = #compress.float<f8E5M2, scale = f8E5M2>,
  test.every = #compress.affine<i3, asymmetric, super_block = [8, *, *], super = bf16, scale = f8E4M3FN, block = [4, *, 2]>,
  test.f4 = #compress.float<f4E2M1FN>,
  test.fp8 = #compress.float<f8E4M3FN>,
  test.fp8_channel = #compress.float<f8E4M3FN, scale = f32, block = [*, 1]>,
  test.mxfp4 = #compress.float<f4E2M1FN, block = [32, 1], scale = f8E8M0FNU>,
  test.nvfp4 = #compress.float<f4E2M1FN, block = [16, 1], scale = f8E4M3FN, super = f32, super_block = [*, *]>,
  test.scaling = #compress.scaling<f16, block = [2, 1], super = f32, super_block = [4, *]>,
  test.super = #compress.affine<i8, block = [*], scale = f16, super = f16>
}

// CHECK-LABEL: func private @codebook(
// CHECK-SAME: test.kmeans = #compress.codebook<kmeans, i4, block = [*, 1], table = f16>,
// CHECK-SAME: test.nf4 = #compress.codebook<nf4, block = [64, 1]>,
// CHECK-SAME: test.nf4_twice = #compress.codebook<nf4, block = [64, 1], scale = f8E5M2, super = f32, super_block = [128, *]>,
// CHECK-SAME: test.one_bit = #compress.codebook<kmeans, i1>,
// CHECK-SAME: test.quantile = #compress.codebook<quantile, i8, table = bf16, vector = 4>,
// CHECK-SAME: test.ternary = #compress.codebook<ternary, scale = f8E8M0FNU>
func.func private @codebook() attributes {
  test.kmeans = #compress.codebook<kmeans, i4, table = f16, block = [*, 1]>,
  test.nf4 = #compress.codebook<nf4, block = [64, 1], scale = f32>,
  test.nf4_twice = #compress.codebook<nf4, block = [64, 1], super = f32, scale = f8E5M2, super_block = [128, *]>,
  test.one_bit = #compress.codebook<kmeans, i1, vector = 1>,
  test.quantile = #compress.codebook<quantile, i8, vector = 4, table = bf16>,
  test.ternary = #compress.codebook<ternary, scale = f8E8M0FNU>
}

// CHECK-LABEL: func private @layout(
// CHECK-SAME: test.permuted = #compress.tiled<[2, 4], bits = [2, 0, 1]>,
// CHECK-SAME: test.row_major = #compress.row_major,
// CHECK-SAME: test.tiled = #compress.tiled<[16, 64]>,
// CHECK-SAME: test.tiled_line = #compress.tiled<[1]>
func.func private @layout() attributes {
  test.permuted = #compress.tiled<[2, 4], bits = [2, 0, 1]>,
  test.row_major = #compress.row_major,
  test.tiled = #compress.tiled<[16, 64]>,
  test.tiled_line = #compress.tiled<[1]>
}

// CHECK-LABEL: func private @scheme(
// CHECK-SAME: test.all = #compress.scheme<sparsity = #compress.nm<2:4, axis = 0>, storage = #compress.affine<i4, block = [128, 1]>, layout = #compress.tiled<[8, 16]>>,
// CHECK-SAME: test.defaults = #compress.scheme<storage = #compress.float<bf16>>,
// CHECK-SAME: test.storage = #compress.scheme<storage = #compress.affine<i8>>
func.func private @scheme() attributes {
  test.all = #compress.scheme<
    layout = #compress.tiled<[8, 16]>,
    storage = #compress.affine<i4, block = [128, 1]>,
    sparsity = #compress.nm<2:4, axis = 0>>,
  test.defaults = #compress.scheme<sparsity = #compress.dense,
    storage = #compress.float<bf16>, layout = #compress.row_major>,
  test.storage = #compress.scheme<storage = #compress.affine<i8>>
}

// CHECK-LABEL: func private @observer(
// CHECK-SAME: test.default_percentile = #compress.observer<percentile, 9.990000e+01>,
// CHECK-SAME: test.greatest = #compress.observer<percentile, 1.000000e+02>,
// CHECK-SAME: test.least = #compress.observer<percentile, 5.000000e+01>,
// CHECK-SAME: test.many_digits = #compress.observer<percentile, 99.999999990000006>,
// CHECK-SAME: test.minmax = #compress.observer<minmax>,
// CHECK-SAME: test.mse = #compress.observer<mse>
func.func private @observer() attributes {
  test.default_percentile = #compress.observer<percentile>,
  test.greatest = #compress.observer<percentile, 100.0>,
  test.least = #compress.observer<percentile, 50.0>,
  test.many_digits = #compress.observer<percentile, 99.99999999>,
  test.minmax = #compress.observer<minmax>,
  test.mse = #compress.observer<mse>
}

// CHECK-LABEL: func private @external(
// CHECK-SAME: test.checksum = #compress.external<"model.safetensors", "w", 18446744073709551615> : tensor<2x3xf32>,
// CHECK-SAME: test.escapes = #compress.external<"a\22\0A\\b", "\C3\A9"> : tensor<f16>,
// CHECK-SAME: test.integers = #compress.external<"model.safetensors", "w"> : tensor<0xi8>,
// CHECK-SAME: test.no_checksum = #compress.external<"model.safetensors", "w"> : tensor<2xf64>
func.func private @external() attributes {
  test.checksum = #compress.external<"model.safetensors", "w", 18446744073709551615> : tensor<2x3xf32>,
  test.escapes = #compress.external<"a\"\n\\b", "é"> : tensor<f16>,
  test.integers = #compress.external<"model.safetensors", "w"> : tensor<0xi8>,
  test.no_checksum = #compress.external<"model.safetensors", "w", 0> : tensor<2xf64>
}

// CHECK-LABEL: func @external_constant
func.func @external_constant() -> tensor<2x3xf32> {
  // CHECK: arith.constant #compress.external<"model.safetensors", "layer.0.weight"> : tensor<2x3xf32>
  %w = arith.constant #compress.external<"model.safetensors", "layer.0.weight"> : tensor<2x3xf32>
  return %w : tensor<2x3xf32>
}

// CHECK-LABEL: func @bound
// CHECK-SAME: %{{.*}}: tensor<2xf32> {compress.external = #compress.external<"f", "k"> : tensor<2xf32>, compress.name = "x"}
// CHECK-SAME: -> (tensor<2xf32> {compress.name = "y"})
// CHECK-SAME: compress.site = "layer.0"
func.func @bound(%x: tensor<2xf32> {compress.name = "x", compress.external = #compress.external<"f", "k"> : tensor<2xf32>})
    -> (tensor<2xf32> {compress.name = "y"}) attributes {compress.site = "layer.0"} {
  return %x : tensor<2xf32>
}

// A lowered function keeps the binding of an argument that is no tensor any more.
// CHECK-LABEL: func private @bound_buffer(
// CHECK-SAME: memref<2xf32> {compress.external = #compress.external<"f", "k"> : tensor<2xf32>}
func.func private @bound_buffer(memref<2xf32> {compress.external = #compress.external<"f", "k"> : tensor<2xf32>})

// CHECK: module @planned attributes {compress.plan = [{site = "layer.0"}]}
module @planned attributes {compress.plan = [{site = "layer.0"}]} {}
