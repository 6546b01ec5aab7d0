// RUN: rm -rf %t && mkdir %t
// RUN: echo '{a: {min: -1.0, max: 2.54}, b: {min: -1.0, max: 2.54}, c: {min: 0, max: 5.1}}' > %t/ranges.yaml
// RUN: compress-opt %s --quantize='{preset: w8a8-static, ranges: %t/ranges.yaml}' | FileCheck %s
// RUN: compress-opt %s --quantize='{input_activations: {symmetric: false, dynamic: false}, ranges: %t/ranges.yaml}' \
// RUN:   | FileCheck %s --check-prefix=ZERO
// RUN: compress-opt %s --quantize='{input_activations: {num_bits: 4, strategy: tensor}}' | FileCheck %s --check-prefix=DYNAMIC
// RUN: %python %S/Inputs/write-ranges.py %t
// RUN: compress-opt %s --quantize='{preset: w8a8-static, ranges: %t/ranges.npz}' | FileCheck %s
// RUN: compress-opt %s --quantize='{preset: w8a8-static, ranges: %t/ranges.safetensors}' | FileCheck %s

// Sites with equal ranges share the constant and the encode; nothing is chosen at
// run time. 2.54 / 127 = 0.02, 5.1 / 127 = 0.0401575.

// CHECK-NOT: compress.choose_qparams
// CHECK: %[[AB:.*]] = arith.constant dense<2.000000e-02> : tensor<1x1xf32>
// CHECK: %[[X:.*]] = compress.encode %arg0 parameters(%[[AB]] : tensor<1x1xf32>) : tensor<3x2xf32> -> !compress.tensor<3x2xf32, #compress.scheme<storage = #compress.affine<i8>>>
// CHECK: compress.contract {{.*}} ins(%[[X]], {{.*}} {compress.site = "a"}
// CHECK: compress.contract {{.*}} ins(%[[X]], {{.*}} {compress.site = "b"}
// CHECK: %[[C:.*]] = arith.constant dense<0.0401574783> : tensor<1x1xf32>
// CHECK: %[[Y:.*]] = compress.encode %arg0 parameters(%[[C]] :
// CHECK: compress.contract {{.*}} ins(%[[Y]], {{.*}} {compress.site = "c"}
// CHECK-NOT: compress.choose_qparams

// scale = 5.1 / 255 = 0.02, zero point = -128 - 0 / scale.

// ZERO-DAG: arith.constant dense<2.000000e-02> : tensor<1x1xf32>
// ZERO-DAG: arith.constant dense<-128> : tensor<1x1xi8>
// ZERO: compress.encode %arg0 parameters(%{{.*}}, %{{.*}} : tensor<1x1xf32>, tensor<1x1xi8>) : tensor<3x2xf32> -> !compress.tensor<3x2xf32, #compress.scheme<storage = #compress.affine<i8, asymmetric>>>

// DYNAMIC: %[[S:.*]] = compress.choose_qparams #compress.affine<i4>, %arg0 : tensor<3x2xf32> -> tensor<1x1xf32>
// DYNAMIC: compress.encode %arg0 parameters(%[[S]]

func.func @main(%x: tensor<3x2xf32>, %i: tensor<3x2xf32>) -> (tensor<3x2xf32>, tensor<3x2xf32>, tensor<3x2xf32>) {
  %w = arith.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %0 = linalg.matmul {compress.site = "a"} ins(%x, %w : tensor<3x2xf32>, tensor<2x2xf32>) outs(%i : tensor<3x2xf32>) -> tensor<3x2xf32>
  %1 = linalg.matmul {compress.site = "b"} ins(%x, %w : tensor<3x2xf32>, tensor<2x2xf32>) outs(%i : tensor<3x2xf32>) -> tensor<3x2xf32>
  %2 = linalg.matmul {compress.site = "c"} ins(%x, %w : tensor<3x2xf32>, tensor<2x2xf32>) outs(%i : tensor<3x2xf32>) -> tensor<3x2xf32>
  return %0, %1, %2 : tensor<3x2xf32>, tensor<3x2xf32>, tensor<3x2xf32>
}
