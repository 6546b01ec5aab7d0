// RUN: compress-opt %s --quantize | FileCheck %s
// RUN: compress-opt %s --quantize --dry-run -o /dev/null | FileCheck %s --check-prefix=PLAN

// PLAN: main/tosa.matmul_0 {{.*}}affine<i8, block = [1, *, 1]>
// PLAN: main/tosa.conv2d_1 {{.*}}affine<i8, block = [1, *, *, *]>
// PLAN: main/tosa.depthwise_conv2d_2 {{.*}}affine<i8, block = [*, *, 1, 1]>
// PLAN: main/tosa.gather_3 {{.*}}affine<i8, block = [1, 1, *]>
// PLAN: alone/tosa.conv2d_4 {{.*}} no operand is a weight
// PLAN: alone/tosa.transpose_conv2d_5 {{.*}} it is a transposed convolution, which adds each element of its input to a window of its result

// CHECK-LABEL: func.func @main(
// CHECK-NOT: = tosa.matmul
// CHECK: compress.contract {{.*}} : tensor<1x3x2xf32>, !compress.tensor<1x2x2xf32,
// CHECK-NOT: = tosa.conv2d
// CHECK: tensor.pad %{{.*}} low[0, 1, 0, 0] high[0, 0, 1, 0]
// CHECK: compress.conv {{.*}} : tensor<1x4x4x2xf32>, !compress.tensor<1x2x2x2xf32,
// CHECK-NOT: = tosa.depthwise_conv2d
// CHECK: %[[D:.*]] = compress.conv {{.*}} : tensor<1x3x3x2xf32>, !compress.tensor<2x2x2x2xf32, {{.*}} outs(%{{.*}} : tensor<1x2x2x2x2xf32>)
// CHECK: tensor.collapse_shape %[[D]] {{\[\[}}0], [1], [2], [3, 4]]
// CHECK-NOT: = tosa.gather
// CHECK: compress.extract
func.func @main(%x: tensor<1x3x2xf32>, %image: tensor<1x3x3x2xf32>, %ids: tensor<1x3xi32>)
    -> (tensor<1x3x2xf32>, tensor<1x3x3x1xf32>, tensor<1x2x2x4xf32>, tensor<1x3x2xf32>) {
  %z = "tosa.const"() {values = dense<0.0> : tensor<1xf32>} : () -> tensor<1xf32>
  %w = "tosa.const"() {values = dense<[[[1.0, 2.0], [3.0, 4.0]]]> : tensor<1x2x2xf32>} : () -> tensor<1x2x2xf32>
  %0 = tosa.matmul %x, %w, %z, %z : (tensor<1x3x2xf32>, tensor<1x2x2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x3x2xf32>
  %f = "tosa.const"() {values = dense<[[[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]]]> : tensor<1x2x2x2xf32>} : () -> tensor<1x2x2x2xf32>
  %1 = tosa.conv2d %image, %f, %z, %z, %z {pad = array<i64: 1, 0, 0, 1>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>, acc_type = f32}
      : (tensor<1x3x3x2xf32>, tensor<1x2x2x2xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x3x3x1xf32>
  %d = "tosa.const"() {values = dense<[[[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]], [[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]]]> : tensor<2x2x2x2xf32>} : () -> tensor<2x2x2x2xf32>
  %2 = tosa.depthwise_conv2d %image, %d, %z, %z, %z {pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>, acc_type = f32}
      : (tensor<1x3x3x2xf32>, tensor<2x2x2x2xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x2x2x4xf32>
  %t = "tosa.const"() {values = dense<[[[1.0, 2.0], [3.0, 4.0]]]> : tensor<1x2x2xf32>} : () -> tensor<1x2x2xf32>
  %3 = tosa.gather %t, %ids : (tensor<1x2x2xf32>, tensor<1x3xi32>) -> tensor<1x3x2xf32>
  return %0, %1, %2, %3 : tensor<1x3x2xf32>, tensor<1x3x3x1xf32>, tensor<1x2x2x4xf32>, tensor<1x3x2xf32>
}

// No weight, a transposed convolution, integers: nothing changes.

// CHECK-LABEL: func.func @alone(
// CHECK: tosa.conv2d
// CHECK: tosa.transpose_conv2d
// CHECK: tosa.matmul
// CHECK-NOT: = compress.
func.func @alone(%image: tensor<1x3x3x2xf32>, %f: tensor<1x2x2x2xf32>, %q: tensor<1x3x2xi8>)
    -> (tensor<1x2x2x1xf32>, tensor<1x4x4x1xf32>, tensor<1x3x2xi32>) {
  %z = "tosa.const"() {values = dense<0.0> : tensor<1xf32>} : () -> tensor<1xf32>
  %0 = tosa.conv2d %image, %f, %z, %z, %z {pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>, acc_type = f32}
      : (tensor<1x3x3x2xf32>, tensor<1x2x2x2xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x2x2x1xf32>
  %w = "tosa.const"() {values = dense<[[[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]]]> : tensor<1x2x2x2xf32>} : () -> tensor<1x2x2x2xf32>
  %1 = tosa.transpose_conv2d %image, %w, %z, %z, %z {out_pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, acc_type = f32}
      : (tensor<1x3x3x2xf32>, tensor<1x2x2x2xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x4x4x1xf32>
  %zi = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>
  %wi = "tosa.const"() {values = dense<[[[1, 2], [3, 4]]]> : tensor<1x2x2xi8>} : () -> tensor<1x2x2xi8>
  %2 = tosa.matmul %q, %wi, %zi, %zi : (tensor<1x3x2xi8>, tensor<1x2x2xi8>, tensor<1xi8>, tensor<1xi8>) -> tensor<1x3x2xi32>
  return %0, %1, %2 : tensor<1x2x2x1xf32>, tensor<1x4x4x1xf32>, tensor<1x3x2xi32>
}
