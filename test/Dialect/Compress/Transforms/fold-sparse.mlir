// The drawings of docs/schemes, and what violates a sparsity.

// RUN: rm -rf %t && split-file %s %t
// RUN: compress-opt %t/layouts.mlir --compress-fold | FileCheck %t/layouts.mlir
// RUN: compress-opt %t/prune.mlir --compress-fold | FileCheck %t/prune.mlir
// RUN: compress-opt %t/invalid.mlir -split-input-file -verify-diagnostics --compress-fold
// RUN: compress-opt %t/computed.mlir --compress-fold | FileCheck %t/computed.mlir

//--- layouts.mlir

// CHECK-LABEL: func.func @nm
// CHECK-DAG: arith.constant dense<{{\[\[}}1.000000e+00, 0.000000e+00, 0.000000e+00, 4.000000e+00], [3.000000e+00, 2.000000e+00, 5.000000e+00, 6.000000e+00], [7.000000e+00, 8.000000e+00, 0.000000e+00, 9.000000e+00], [1.000000e+01, 1.100000e+01, 1.200000e+01, 1.300000e+01]]> : tensor<4x4xf16>
// CHECK-DAG: arith.constant dense<{{\[\[}}0], [-98], [1], [126]]> : tensor<4x1xi8>
!nm = !compress.tensor<8x4xf16, #compress.scheme<sparsity = #compress.nm<2:4, axis = 0>, storage = #compress.float<f16>>>
func.func @nm() -> !nm {
  %w = arith.constant dense<[[1.0, 0.0, 0.0, 4.0], [0.0, 0.0, 5.0, 0.0], [3.0, 0.0, 0.0, 6.0], [0.0, 2.0, 0.0, 0.0],
                             [0.0, 8.0, 0.0, 9.0], [7.0, 0.0, 0.0, 13.0], [10.0, 0.0, 0.0, 0.0], [0.0, 11.0, 12.0, 0.0]]> : tensor<8x4xf16>
  %e = compress.encode %w : tensor<8x4xf16> -> !nm
  return %e : !nm
}

// CHECK-LABEL: func.func @block
// CHECK-DAG: arith.constant dense<{{\[\[\[}}1.000000e+00, 2.000000e+00], [5.000000e+00, 6.000000e+00]], {{\[\[}}3.000000e+00, 4.000000e+00], [7.000000e+00, 8.000000e+00]], {{\[\[}}9.000000e+00, 1.000000e+01], [1.100000e+01, 1.200000e+01]]]> : tensor<3x2x2xf16>
// CHECK-DAG: arith.constant dense<[0, 2, 4]> : tensor<3xi32>
!block = !compress.tensor<4x6xf16, #compress.scheme<sparsity = #compress.block<[2, 2], count = 3>, storage = #compress.float<f16>>>
func.func @block() -> !block {
  %w = arith.constant dense<[[1.0, 2.0, 0.0, 0.0, 3.0, 4.0], [5.0, 6.0, 0.0, 0.0, 7.0, 8.0],
                             [0.0, 0.0, 9.0, 10.0, 0.0, 0.0], [0.0, 0.0, 11.0, 12.0, 0.0, 0.0]]> : tensor<4x6xf16>
  %e = compress.encode %w : tensor<4x6xf16> -> !block
  return %e : !block
}

// -122 is 10000110.
// CHECK-LABEL: func.func @bitmap
// CHECK-DAG: arith.constant dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 5.000000e+00, 6.000000e+00]> : tensor<6xf16>
// CHECK-DAG: arith.constant dense<{{\[\[}}1, 1], [0, 0], [-122, 2]]> : tensor<3x2xi8>
// CHECK-DAG: arith.constant dense<[0, 2, 2, 6]> : tensor<4xi32>
!bitmap = !compress.tensor<3x10xf16, #compress.scheme<sparsity = #compress.bitmap<count = 6>, storage = #compress.float<f16>>>
func.func @bitmap() -> !bitmap {
  %w = arith.constant dense<[[1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 2.0, 0.0],
                             [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
                             [0.0, 3.0, 4.0, 0.0, 0.0, 0.0, 0.0, 5.0, 0.0, 6.0]]> : tensor<3x10xf16>
  %e = compress.encode %w : tensor<3x10xf16> -> !bitmap
  return %e : !bitmap
}

// CHECK-LABEL: func.func @csr
// CHECK-DAG: arith.constant dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 5.000000e+00, 6.000000e+00]> : tensor<6xf16>
// CHECK-DAG: arith.constant dense<[0, 8, 1, 2, 7, 9]> : tensor<6xi32>
// CHECK-DAG: arith.constant dense<[0, 2, 2, 6]> : tensor<4xi32>
!csr = !compress.tensor<3x10xf16, #compress.scheme<sparsity = #compress.csr<count = 6>, storage = #compress.float<f16>>>
func.func @csr() -> !csr {
  %w = arith.constant dense<[[1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 2.0, 0.0],
                             [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
                             [0.0, 3.0, 4.0, 0.0, 0.0, 0.0, 0.0, 5.0, 0.0, 6.0]]> : tensor<3x10xf16>
  %e = compress.encode %w : tensor<3x10xf16> -> !csr
  return %e : !csr
}

//--- prune.mlir

// The tile of docs/schemes/nm.md.
// CHECK-LABEL: func.func @tile
// CHECK: arith.constant dense<{{\[\[}}9.000000e+00, 8.000000e+00, 0.000000e+00, 0.000000e+00], [7.000000e+00, 0.000000e+00, 6.000000e+00, 0.000000e+00], [0.000000e+00, 5.000000e+00, 0.000000e+00, 4.000000e+00], [0.000000e+00, 0.000000e+00, 3.000000e+00, 2.000000e+00]]>
func.func @tile() -> tensor<4x4xf32> {
  %w = arith.constant dense<[[9.0, 8.0, 1.0, 1.0], [7.0, 1.0, 6.0, 1.0], [1.0, 5.0, 1.0, 4.0], [1.0, 1.0, 3.0, 2.0]]> : tensor<4x4xf32>
  %p = compress.prune #compress.nm<2:4, axis = 0, transposable = 1>, %w : tensor<4x4xf32>
  return %p : tensor<4x4xf32>
}

// One of each row, the lower one on ties, though row 0 has the three greatest.
// CHECK-LABEL: func.func @row
// CHECK: arith.constant dense<{{\[\[}}0.000000e+00, -9.000000e+00, 0.000000e+00], [2.000000e+00, 0.000000e+00, 0.000000e+00]]>
func.func @row() -> tensor<2x3xf32> {
  %w = arith.constant dense<[[8.0, -9.0, 7.0], [2.0, -2.0, 1.0]]> : tensor<2x3xf32>
  %p = compress.prune #compress.bitmap<count = 2>, %w budget = row : tensor<2x3xf32>
  return %p : tensor<2x3xf32>
}

// CHECK-LABEL: func.func @layer
// CHECK: arith.constant dense<{{\[\[}}8.000000e+00, -9.000000e+00, 0.000000e+00], [0.000000e+00, 0.000000e+00, 0.000000e+00]]>
func.func @layer() -> tensor<2x3xf32> {
  %w = arith.constant dense<[[8.0, -9.0, 7.0], [2.0, -2.0, 1.0]]> : tensor<2x3xf32>
  %p = compress.prune #compress.csr<count = 2>, %w : tensor<2x3xf32>
  return %p : tensor<2x3xf32>
}

// Scores are no magnitudes: -1 is more than -5.
// CHECK-LABEL: func.func @scores
// CHECK-NEXT: arith.constant dense<{{\[\[}}0.000000e+00, -9.000000e+00, 0.000000e+00], [0.000000e+00, 0.000000e+00, 1.000000e+00]]>
// CHECK-NEXT: return
func.func @scores() -> tensor<2x3xf32> {
  %w = arith.constant dense<[[8.0, -9.0, 7.0], [2.0, -2.0, 1.0]]> : tensor<2x3xf32>
  %s = arith.constant dense<[[-5.0, -1.0, -5.0], [-5.0, -5.0, 0.0]]> : tensor<2x3xf32>
  %p = compress.prune #compress.csr<count = 2>, %w scores(%s : tensor<2x3xf32>) : tensor<2x3xf32>
  return %p : tensor<2x3xf32>
}

// CHECK-LABEL: func.func @mask
// CHECK-NEXT: arith.constant dense<{{\[\[}}0.000000e+00, 0.000000e+00, 7.000000e+00], [2.000000e+00, 0.000000e+00, 0.000000e+00]]>
// CHECK-NEXT: return
func.func @mask() -> tensor<2x3xf32> {
  %w = arith.constant dense<[[8.0, -9.0, 7.0], [2.0, -2.0, 1.0]]> : tensor<2x3xf32>
  %m = arith.constant dense<[[false, false, true], [true, false, false]]> : tensor<2x3xi1>
  %p = compress.prune #compress.csr<count = 2>, %w mask(%m : tensor<2x3xi1>) : tensor<2x3xf32>
  return %p : tensor<2x3xf32>
}

//--- invalid.mlir

!bitmap = !compress.tensor<2x3xf32, #compress.scheme<sparsity = #compress.bitmap<count = 2>, storage = #compress.float<f32>>>
func.func @bitmap() -> !bitmap {
  %w = arith.constant dense<[[1.0, 0.0, 2.0], [0.0, 3.0, 4.0]]> : tensor<2x3xf32>
  // expected-error @below {{element [1, 1]: expected at most 2 nonzero elements, found 4}}
  %e = compress.encode %w : tensor<2x3xf32> -> !bitmap
  return %e : !bitmap
}

// -----

!block = !compress.tensor<2x4xf32, #compress.scheme<sparsity = #compress.block<[2, 2], count = 1>, storage = #compress.float<f32>>>
func.func @block() -> !block {
  %w = arith.constant dense<[[1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 4.0]]> : tensor<2x4xf32>
  // expected-error @below {{element [1, 3]: expected at most 1 nonzero blocks, found 2}}
  %e = compress.encode %w : tensor<2x4xf32> -> !block
  return %e : !block
}

// -----

// The mask leaves more than the sparsity keeps.
func.func @mask() -> tensor<2x3xf32> {
  %w = arith.constant dense<[[1.0, 0.0, 2.0], [0.0, 3.0, 4.0]]> : tensor<2x3xf32>
  %m = arith.constant dense<1> : tensor<2x3xi8>
  // expected-error @below {{expected at most 2 nonzero elements, found 4}}
  %p = compress.prune #compress.bitmap<count = 2>, %w mask(%m : tensor<2x3xi8>) : tensor<2x3xf32>
  return %p : tensor<2x3xf32>
}

// -----

func.func @scores() -> tensor<2xf32> {
  %w = arith.constant dense<[1.0, 0.0]> : tensor<2xf32>
  %s = arith.constant dense<[1.0, 0x7F800000]> : tensor<2xf32>
  // expected-error @below {{score}}
  %p = compress.prune #compress.bitmap<count = 1>, %w scores(%s : tensor<2xf32>) : tensor<2xf32>
  return %p : tensor<2xf32>
}

//--- computed.mlir

// Scores that are computed at run time leave the prune to run time, and the plan
// says so.
// CHECK: compress.plan = [{reasons = {fold = "of its scores, it is an argument that is not bound to a weights file"}, site = "a"}]
// CHECK: compress.prune
// CHECK: compress.encode
!csr = !compress.tensor<2x3xf32, #compress.scheme<sparsity = #compress.csr<count = 2>, storage = #compress.float<f32>>>
func.func @main(%s: tensor<2x3xf32>) -> !csr {
  %w = arith.constant dense<[[1.0, 0.0, 2.0], [0.0, 3.0, 4.0]]> : tensor<2x3xf32>
  %p = compress.prune #compress.csr<count = 2>, %w scores(%s : tensor<2x3xf32>) : tensor<2x3xf32>
  %e = compress.encode %p {compress.site = "a"} : tensor<2x3xf32> -> !csr
  return %e : !csr
}
