// RUN: compress-opt %s --compress-separate-loop-inits | FileCheck %s
// RUN: compress-opt %s --pass-pipeline='builtin.module(compress-separate-loop-inits,one-shot-bufferize{bufferize-function-boundaries})' | FileCheck %s --check-prefix=BUFFERS

// Both carried values start as the same empty tensor.

// CHECK-LABEL: func.func @two
// CHECK:         %[[SHARED:.*]] = tensor.empty() : tensor<4xf32>
// CHECK:         %[[A:.*]] = tensor.empty() : tensor<4xf32>
// CHECK:         scf.for {{.*}} iter_args(%{{.*}} = %[[A]], %{{.*}} = %[[SHARED]])
// BUFFERS-LABEL: func.func @two
// BUFFERS:         %[[B:.*]] = memref.alloc() {{.*}}: memref<4xf32>
// BUFFERS:         %[[A:.*]] = memref.alloc() {{.*}}: memref<4xf32>
// BUFFERS:         scf.for {{.*}} iter_args(%[[ARG0:.*]] = %[[A]], %[[ARG1:.*]] = %[[B]])
// BUFFERS:           memref.store %{{.*}}, %[[ARG0]]
// BUFFERS:           memref.store %{{.*}}, %[[ARG1]]
func.func @two(%n: index, %x: f32, %y: f32) -> (tensor<4xf32>, tensor<4xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %empty = tensor.empty() : tensor<4xf32>
  %r:2 = scf.for %i = %c0 to %n step %c1 iter_args(%a = %empty, %b = %empty)
      -> (tensor<4xf32>, tensor<4xf32>) {
    %c = tensor.insert %x into %a[%i] : tensor<4xf32>
    %d = tensor.insert %y into %b[%i] : tensor<4xf32>
    scf.yield %c, %d : tensor<4xf32>, tensor<4xf32>
  }
  return %r#0, %r#1 : tensor<4xf32>, tensor<4xf32>
}

// One use only, and a parallel loop: nothing to separate.

// CHECK-LABEL: func.func @alone
// CHECK:         %[[E:.*]] = tensor.empty() : tensor<4xf32>
// CHECK-NOT:     tensor.empty
// CHECK:         return
func.func @alone(%n: index, %x: f32) -> tensor<4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %empty = tensor.empty() : tensor<4xf32>
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%a = %empty) -> tensor<4xf32> {
    %c = tensor.insert %x into %a[%i] : tensor<4xf32>
    scf.yield %c : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}
