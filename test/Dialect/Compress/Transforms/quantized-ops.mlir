// RUN: compress-opt %s --quantize --prune | FileCheck %s

// Ops on integers with zero points are listed, and left as they are.

// CHECK: compress.plan = [
// CHECK-SAME: {op = "linalg.quantized_matmul", reasons = {prune = "it multiplies integers that are quantized already, and whose scales it does not hold", quantize = "it multiplies integers that are quantized already, and whose scales it does not hold"}, site = "main/linalg.quantized_matmul_0"}
// CHECK-SAME: op = "linalg.quantized_batch_matmul"
// CHECK-SAME: op = "linalg.conv_2d_nhwc_hwcf_q"
// CHECK-SAME: op = "linalg.depthwise_conv_2d_nhwc_hwc_q"
// CHECK: linalg.quantized_matmul
// CHECK: linalg.quantized_batch_matmul
// CHECK: linalg.conv_2d_nhwc_hwcf_q
// CHECK: linalg.depthwise_conv_2d_nhwc_hwc_q
func.func @main(%x: tensor<2x3xi8>, %xb: tensor<2x2x3xi8>, %image: tensor<1x3x3x2xi8>, %zp: i32,
                %i: tensor<2x2xi32>, %ib: tensor<2x2x2xi32>, %ic: tensor<1x2x2x1xi32>, %id: tensor<1x2x2x2xi32>)
    -> (tensor<2x2xi32>, tensor<2x2x2xi32>, tensor<1x2x2x1xi32>, tensor<1x2x2x2xi32>) {
  %w = arith.constant dense<[[1, 2], [3, 4], [5, 6]]> : tensor<3x2xi8>
  %0 = linalg.quantized_matmul ins(%x, %w, %zp, %zp : tensor<2x3xi8>, tensor<3x2xi8>, i32, i32)
      outs(%i : tensor<2x2xi32>) -> tensor<2x2xi32>
  %wb = arith.constant dense<3> : tensor<2x3x2xi8>
  %1 = linalg.quantized_batch_matmul ins(%xb, %wb, %zp, %zp : tensor<2x2x3xi8>, tensor<2x3x2xi8>, i32, i32)
      outs(%ib : tensor<2x2x2xi32>) -> tensor<2x2x2xi32>
  %f = arith.constant dense<1> : tensor<2x2x2x1xi8>
  %2 = linalg.conv_2d_nhwc_hwcf_q {strides = dense<1> : tensor<2xi64>, dilations = dense<1> : tensor<2xi64>}
      ins(%image, %f, %zp, %zp : tensor<1x3x3x2xi8>, tensor<2x2x2x1xi8>, i32, i32)
      outs(%ic : tensor<1x2x2x1xi32>) -> tensor<1x2x2x1xi32>
  %d = arith.constant dense<1> : tensor<2x2x2xi8>
  %3 = linalg.depthwise_conv_2d_nhwc_hwc_q {strides = dense<1> : tensor<2xi64>, dilations = dense<1> : tensor<2xi64>}
      ins(%image, %d, %zp, %zp : tensor<1x3x3x2xi8>, tensor<2x2x2xi8>, i32, i32)
      outs(%id : tensor<1x2x2x2xi32>) -> tensor<1x2x2x2xi32>
  return %0, %1, %2, %3 : tensor<2x2xi32>, tensor<2x2x2xi32>, tensor<1x2x2x1xi32>, tensor<1x2x2x2xi32>
}
