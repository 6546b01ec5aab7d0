// What compress-pack does not touch, and why.

// RUN: compress-opt %s --compress-pack=layout=2x2 --remarks-filter=compress 2>%t.remarks | FileCheck %s
// RUN: FileCheck %s --check-prefix=REMARK < %t.remarks
// RUN: compress-opt %s --compress-pack=layout=4000000000x2 --remarks-filter=compress 2>&1 >/dev/null \
// RUN:   | FileCheck %s --check-prefix=HUGE

// HUGE: the tile exceeds the stored extents
// REMARK-COUNT-1: a component of it is read
// REMARK-NOT: remark

!w = !compress.tensor<3x3xf32, #compress.scheme<storage = #compress.affine<i8>>>

// A component fixes the type.
// CHECK-LABEL: func @component
// CHECK-NOT: tiled
func.func @component(%x: tensor<3x3xf32>) -> tensor<3x3xi8> {
  %e = compress.encode %x : tensor<3x3xf32> -> !w
  %v = compress.component %e["values"] : !w -> tensor<3x3xi8>
  return %v : tensor<3x3xi8>
}

// Parameters make an activation, which keeps its layout without a word.
// CHECK-LABEL: func @activation
// CHECK-NOT: tiled
func.func @activation(%x: tensor<3x3xf32>) -> tensor<3x3xf32> {
  %s = compress.choose_qparams #compress.affine<i8>, %x : tensor<3x3xf32> -> tensor<1x1xf32>
  %e = compress.encode %x parameters(%s : tensor<1x1xf32>) : tensor<3x3xf32> -> !w
  %d = compress.decode %e : !w -> tensor<3x3xf32>
  return %d : tensor<3x3xf32>
}

// One constant that is two components.
// CHECK-LABEL: func @shared_constant
// CHECK: tiled
!s = !compress.tensor<4x2xf32, #compress.scheme<storage = #compress.affine<i8, block = [1, 1], asymmetric>>>
func.func @shared_constant() -> tensor<4x2xf32> {
  %c = arith.constant dense<1> : tensor<4x2xi8>
  %s = arith.constant dense<2.0> : tensor<4x2xf32>
  %a = compress.assemble %c, %s, %c : (tensor<4x2xi8>, tensor<4x2xf32>, tensor<4x2xi8>) -> !s
  %d = compress.decode %a : !s -> tensor<4x2xf32>
  return %d : tensor<4x2xf32>
}
