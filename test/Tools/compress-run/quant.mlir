// Weights of quantized types are those of upstream's lowering, bit for bit: per
// layer, axis and block, and unsigned ones.

// RUN: compress-opt %s --compress-import-quant -o %t.mlir
// RUN: compress-opt %s --pass-pipeline='builtin.module(func.func(lower-quant-ops),canonicalize,func.func(convert-elementwise-to-linalg))' -o %t.reference.mlir
// RUN: compress-run %t.mlir --reference=%t.reference.mlir | FileCheck %s
// CHECK-COUNT-4: {{^ *}}out{{.}} {{ *}}0 {{ *}}inf

!layer = !quant.uniform<i8:f32, 0.3:-7>
!axis = !quant.uniform<u8:f32:1, {0.3:128, 0.7:3, 1.1:255}>
!narrow = !quant.uniform<i4:f16:0, {0.3:1, 0.7:-8}>
!block = !quant.uniform<i8:f32:{0:1, 1:2}, {{0.3:1, 0.7:2}, {1.1:3, 1.3:4}}>

func.func @main() -> (tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf16>, tensor<2x4xf32>) {
  %q = arith.constant dense<[[1, -128, 127], [100, -5, 6]]> : tensor<2x3xi8>
  %0 = quant.scast %q : tensor<2x3xi8> to tensor<2x3x!layer>
  %1 = quant.dcast %0 : tensor<2x3x!layer> to tensor<2x3xf32>
  %2 = quant.scast %q : tensor<2x3xi8> to tensor<2x3x!axis>
  %3 = quant.dcast %2 : tensor<2x3x!axis> to tensor<2x3xf32>
  %n = arith.constant dense<[[1, -8, 7], [0, -5, 6]]> : tensor<2x3xi4>
  %4 = quant.scast %n : tensor<2x3xi4> to tensor<2x3x!narrow>
  %5 = quant.dcast %4 : tensor<2x3x!narrow> to tensor<2x3xf16>
  %b = arith.constant dense<[[1, -128, 127, 3], [100, -5, 6, 9]]> : tensor<2x4xi8>
  %6 = quant.scast %b : tensor<2x4xi8> to tensor<2x4x!block>
  %7 = quant.dcast %6 : tensor<2x4x!block> to tensor<2x4xf32>
  return %1, %3, %5, %7 : tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf16>, tensor<2x4xf32>
}
