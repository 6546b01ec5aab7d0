// RUN: compress-opt %s --compress-fold --split-input-file | FileCheck %s
// RUN: compress-opt %s --convert-compress-to-linalg --split-input-file | FileCheck %s --check-prefix=LOWER --implicit-check-not=compress.

// Of a weight: the values that the storage leaves, scale 1 / 127 * 2.54 = 0.02.

// CHECK-LABEL: func.func @weight(
// CHECK-NEXT: %[[W:.*]] = arith.constant dense<{{\[\[}}2.540000e+00, -1.000000e+00], [2.000000e-02, 0.000000e+00]]> : tensor<2x2xf32>
// CHECK-NEXT: return %[[W]]
// LOWER-LABEL: func.func @weight(
// LOWER: math.roundeven
func.func @weight() -> tensor<2x2xf32> {
  %w = arith.constant dense<[[2.54, -1.0], [0.012, 0.009]]> : tensor<2x2xf32>
  %q = compress.fake_quantize #compress.affine<i8>, %w : tensor<2x2xf32>
  return %q : tensor<2x2xf32>
}

// -----

// Left for run time: an activation, and parameters that are given.

// CHECK-LABEL: func.func @activation(
// CHECK: compress.fake_quantize #compress.affine<i8, block = [1, *]>, %{{.*}} : tensor<?x4xf16>
// CHECK: compress.fake_quantize #compress.affine<i4>, %{{.*}} parameters(%{{.*}} : tensor<1x1xf32>) : tensor<2x2xf32>
// LOWER-LABEL: func.func @activation(
func.func @activation(%x: tensor<?x4xf16>, %s: tensor<1x1xf32>) -> (tensor<?x4xf16>, tensor<2x2xf32>) {
  %q = compress.fake_quantize #compress.affine<i8, block = [1, *]>, %x : tensor<?x4xf16>
  %w = arith.constant dense<[[2.54, -1.0], [0.012, 0.009]]> : tensor<2x2xf32>
  %p = compress.fake_quantize #compress.affine<i4>, %w parameters(%s : tensor<1x1xf32>) : tensor<2x2xf32>
  return %q, %p : tensor<?x4xf16>, tensor<2x2xf32>
}

// -----

// Any storage: floats, and a codebook that is learned, of a weight.

// CHECK-LABEL: func.func @storages(
// CHECK-DAG: arith.constant dense<[1.000000e+00, 1.000000e+00, 3.000000e+00, 3.000000e+00]> : tensor<4xf32>
// CHECK-NOT: compress.fake_quantize
func.func @storages() -> (tensor<4xf32>, tensor<4xf32>) {
  %w = arith.constant dense<[1.0, 1.0, 3.0, 3.0]> : tensor<4xf32>
  %q = compress.fake_quantize #compress.float<f16>, %w : tensor<4xf32>
  %p = compress.fake_quantize #compress.affine<i2, asymmetric>, %w : tensor<4xf32>
  return %q, %p : tensor<4xf32>, tensor<4xf32>
}
