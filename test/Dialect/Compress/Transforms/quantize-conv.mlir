// The activations of a convolution: one scale for each image of a batch, and for
// each group. What has no weight is in the plan with the reason.

// RUN: compress-opt %s --compress-quantize=rule=w8a8 --compress-fuse | FileCheck %s
// RUN: compress-opt %s --quantize=w8a8 --dry-run | FileCheck %s --check-prefix=REPORT
// RUN: not compress-opt %s --quantize='{targets: [linalg.pooling_nhwc_max]}' -o %t 2>&1 | FileCheck %s --check-prefix=TARGET

// CHECK: module attributes {compress.plan = [
// CHECK-DAG: {activation = #compress.affine<i8, block = [1, *, *, *]>, op = "linalg.conv_2d_nhwc_hwcf"
// CHECK-DAG: {activation = #compress.affine<i8, block = [1, *, *, 1]>, op = "linalg.depthwise_conv_2d_nhwc_hwc"
// CHECK-DAG: {op = "linalg.pooling_nhwc_max", reasons = {quantize = "it pools: it multiplies by no weight"}, site = "cnn/linalg.pooling_nhwc_max_2"}
// REPORT: cnn/linalg.pooling_nhwc_max_2 {{.*}}it pools: it multiplies by no weight
// TARGET: error: stage 'quantize' names 'cnn/linalg.pooling_nhwc_max_2', but it cannot be compressed: it pools: it multiplies by no weight; remove it from the targets or add it to 'ignore'

// CHECK-LABEL: func.func @cnn(
// CHECK: compress.choose_qparams #compress.affine<i8, block = [1, *, *, *]>, %{{.*}} : tensor<?x9x9x4xf32> -> tensor<?x1x1x1xf32>
// CHECK: compress.conv {{.*}} ins({{.*}} : !compress.tensor<?x9x9x4xf32, #compress.scheme<storage = #compress.affine<i8, block = [1, *, *, *]>>>, !compress.tensor<3x3x4x8xf32, #compress.scheme<storage = #compress.affine<i8, block = [*, *, *, 1]>>>)
// CHECK: compress.choose_qparams #compress.affine<i8, block = [1, *, *, 1]>, %{{.*}} : tensor<?x7x7x8xf32> -> tensor<?x1x1x8xf32>
// CHECK: compress.conv {{.*}} ins({{.*}} : !compress.tensor<?x7x7x8xf32, #compress.scheme<storage = #compress.affine<i8, block = [1, *, *, 1]>>>, !compress.tensor<3x3x8xf32, #compress.scheme<storage = #compress.affine<i8, block = [*, *, 1]>>>)
// CHECK: linalg.pooling_nhwc_max
func.func @cnn(%x: tensor<?x9x9x4xf32>, %i: tensor<?x7x7x8xf32>, %j: tensor<?x5x5x8xf32>, %k: tensor<?x4x4x8xf32>) -> tensor<?x4x4x8xf32> {
  %w = arith.constant dense_resource<w> : tensor<3x3x4x8xf32>
  %v = arith.constant dense_resource<v> : tensor<3x3x8xf32>
  %0 = linalg.conv_2d_nhwc_hwcf ins(%x, %w : tensor<?x9x9x4xf32>, tensor<3x3x4x8xf32>) outs(%i : tensor<?x7x7x8xf32>) -> tensor<?x7x7x8xf32>
  %1 = linalg.depthwise_conv_2d_nhwc_hwc ins(%0, %v : tensor<?x7x7x8xf32>, tensor<3x3x8xf32>) outs(%j : tensor<?x5x5x8xf32>) -> tensor<?x5x5x8xf32>
  %window = tensor.empty() : tensor<2x2xf32>
  %2 = linalg.pooling_nhwc_max ins(%1, %window : tensor<?x5x5x8xf32>, tensor<2x2xf32>) outs(%k : tensor<?x4x4x8xf32>) -> tensor<?x4x4x8xf32>
  return %2 : tensor<?x4x4x8xf32>
}
