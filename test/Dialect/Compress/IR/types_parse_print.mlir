// The type prints its shape, its element type and its whole scheme.

// RUN: compress-opt %s | compress-opt | FileCheck %s
// RUN: compress-opt %s --mlir-print-op-generic | compress-opt | FileCheck %s
// RUN: compress-opt %s -emit-bytecode | compress-opt | FileCheck %s

#i8 = #compress.scheme<storage = #compress.affine<i8>>
#per_row = #compress.scheme<storage = #compress.affine<i8, block = [1, *]>>
#bytes = #compress.scheme<sparsity = #compress.nm<3:256, axis = 0>, storage = #compress.affine<i8>>
!w = !compress.tensor<64x32xf32, #i8>

// An alias is spelled out.
// CHECK-LABEL: func private @aliases(!compress.tensor<64x32xf32, #compress.scheme<storage = #compress.affine<i8>>>)
func.func private @aliases(!w)

// CHECK-LABEL: func private @element_types(
// CHECK-SAME: !compress.tensor<4x4xf32, {{.*}}>, !compress.tensor<4x4xf16, {{.*}}>, !compress.tensor<4x4xbf16, {{.*}}>)
func.func private @element_types(!compress.tensor<4x4xf32, #i8>, !compress.tensor<4x4xf16, #i8>,
                                 !compress.tensor<4x4xbf16, #i8>)

// CHECK-LABEL: func private @ranks(
// CHECK-SAME: !compress.tensor<4xf32, {{[^!]*}}>, !compress.tensor<2x3x5x7x1xf32, {{[^!]*}}>)
func.func private @ranks(!compress.tensor<4xf32, #i8>, !compress.tensor<2x3x5x7x1xf32, #i8>)

// CHECK-LABEL: func private @empty(
// CHECK-SAME: !compress.tensor<0x4xf32, {{[^!]*}}>, !compress.tensor<4x0xf32, {{[^!]*}}>)
func.func private @empty(!compress.tensor<0x4xf32, #i8>, !compress.tensor<4x0xf32, #per_row>)

// Bytes may be dynamic along any dimension; narrower values only along outer ones.
// CHECK-LABEL: func private @dynamic(
// CHECK-SAME: !compress.tensor<?x?xf32, #compress.scheme<storage = #compress.affine<i8>>>
// CHECK-SAME: !compress.tensor<?x4xf32, #compress.scheme<storage = #compress.affine<i8, block = [1, *]>>>
// CHECK-SAME: !compress.tensor<?x64xf32, #compress.scheme<storage = #compress.affine<i4, block = [1, 32]>>>
// CHECK-SAME: !compress.tensor<?x?xf16, #compress.scheme<storage = #compress.float<bf16>>>
// CHECK-SAME: !compress.tensor<?x64xf32, #compress.scheme<sparsity = #compress.nm<2:4, axis = 1>, storage = #compress.affine<i8>>>
// CHECK-SAME: !compress.tensor<512x?xf32, #compress.scheme<sparsity = #compress.nm<3:256, axis = 0>, storage = #compress.affine<i8>>>
func.func private @dynamic(
    !compress.tensor<?x?xf32, #i8>,
    !compress.tensor<?x4xf32, #per_row>,
    !compress.tensor<?x64xf32, #compress.scheme<storage = #compress.affine<i4, block = [1, 32]>>>,
    !compress.tensor<?x?xf16, #compress.scheme<storage = #compress.float<bf16>>>,
    !compress.tensor<?x64xf32, #compress.scheme<sparsity = #compress.nm<2:4, axis = 1>, storage = #compress.affine<i8>>>,
    !compress.tensor<512x?xf32, #bytes>)

// A block may be greater than its dimension.
// CHECK-LABEL: func private @great_block(
// CHECK-SAME: !compress.tensor<4x4xf16, #compress.scheme<storage = #compress.affine<i8, block = [9223372036854775807, 1]>>>
func.func private @great_block(
    !compress.tensor<4x4xf16, #compress.scheme<storage = #compress.affine<i8, block = [9223372036854775807, 1]>>>)

// The type stands inside of other types and crosses control flow.
// CHECK-LABEL: func @nested
// CHECK-SAME: tuple<!compress.tensor<64x32xf32, #compress.scheme<storage = #compress.affine<i8>>>, i1>
func.func @nested(%p: i1, %a: !w, %b: !w, %t: tuple<!w, i1>) -> !w {
  // CHECK: scf.if %{{.*}} -> (!compress.tensor<64x32xf32, #compress.scheme<storage = #compress.affine<i8>>>)
  %r = scf.if %p -> (!w) {
    scf.yield %a : !w
  } else {
    scf.yield %b : !w
  }
  return %r : !w
}
