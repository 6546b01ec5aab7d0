// RUN: compress-opt %s --split-input-file --compress-import-sparse-tensor | FileCheck %s

#NV24 = #sparse_tensor.encoding<{ map = (i, j) -> (i : dense, j floordiv 4 : dense, j mod 4 : structured[2, 4]) }>

// The dense weight of a conversion; positions 0 and 2, then 1 and 3.
// CHECK-LABEL: func @two_of_four
// CHECK-SAME: %[[X:.*]]: tensor<3x1xf32>
// CHECK-DAG: %[[V:.*]] = arith.constant dense<{{\[\[}}1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00]]> : tensor<1x4xf32>
// CHECK-DAG: %[[I:.*]] = arith.constant dense<-40> : tensor<1x1xi8>
// CHECK: %[[A:.*]] = compress.assemble %[[V]], %[[I]]
// CHECK-SAME: #compress.scheme<sparsity = #compress.nm<2:4, axis = 1>, storage = #compress.float<f32>>
// CHECK: %[[D:.*]] = compress.decode %[[A]]
// CHECK-NOT: sparse_tensor
// CHECK: linalg.matmul ins(%[[X]], %[[D]] : tensor<3x1xf32>, tensor<1x8xf32>)
func.func @two_of_four(%x: tensor<3x1xf32>, %init: tensor<3x8xf32>) -> tensor<3x8xf32> {
  %c = arith.constant dense<[[1.0, 0.0, 2.0, 0.0, 0.0, 3.0, 0.0, 4.0]]> : tensor<1x8xf32>
  %w = sparse_tensor.convert %c : tensor<1x8xf32> to tensor<1x8xf32, #NV24>
  %y = linalg.matmul ins(%x, %w : tensor<3x1xf32>, tensor<1x8xf32, #NV24>) outs(%init : tensor<3x8xf32>) -> tensor<3x8xf32>
  return %y : tensor<3x8xf32>
}

// -----

#NV24 = #sparse_tensor.encoding<{ map = (i, j) -> (i : dense, j floordiv 4 : dense, j mod 4 : structured[2, 4]) }>

// Its buffers.
// CHECK-LABEL: func @buffers
// CHECK-DAG: arith.constant dense<{{\[\[}}1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00]]> : tensor<1x4xf16>
// CHECK-DAG: arith.constant dense<-40> : tensor<1x1xi8>
// CHECK: #compress.nm<2:4, axis = 1>
func.func @buffers() -> tensor<1x8xf16> {
  %crd = arith.constant dense<[0, 2, 1, 3]> : tensor<4xindex>
  %v = arith.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf16>
  %w = sparse_tensor.assemble (%crd), %v : (tensor<4xindex>), tensor<4xf16> to tensor<1x8xf16, #NV24>
  %d = sparse_tensor.convert %w : tensor<1x8xf16, #NV24> to tensor<1x8xf16>
  return %d : tensor<1x8xf16>
}

// -----

#Columns = #sparse_tensor.encoding<{ map = (i, j) -> (i floordiv 4 : dense, j : dense, i mod 4 : structured[1, 4]) }>

// CHECK-LABEL: func @other_axis
// CHECK: #compress.nm<1:4, axis = 0>
func.func @other_axis() -> tensor<4x2xf32> {
  %c = arith.constant dense<[[1.0, 0.0], [0.0, 0.0], [0.0, 2.0], [0.0, 0.0]]> : tensor<4x2xf32>
  %w = sparse_tensor.convert %c : tensor<4x2xf32> to tensor<4x2xf32, #Columns>
  %d = sparse_tensor.convert %w : tensor<4x2xf32, #Columns> to tensor<4x2xf32>
  return %d : tensor<4x2xf32>
}

// -----

#CSR = #sparse_tensor.encoding<{ map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32 }>

// A stored zero is none.
// CHECK-LABEL: func @csr
// CHECK-DAG: arith.constant dense<[1.000000e+00, 3.000000e+00]> : tensor<2xf32>
// CHECK-DAG: arith.constant dense<[0, 2]> : tensor<2xi32>
// CHECK-DAG: arith.constant dense<[0, 1, 1, 2]> : tensor<4xi32>
// CHECK: #compress.csr<count = 2>
func.func @csr() -> tensor<3x3xf32> {
  %pos = arith.constant dense<[0, 2, 2, 3]> : tensor<4xi32>
  %crd = arith.constant dense<[0, 2, 2]> : tensor<3xi32>
  %v = arith.constant dense<[1.0, 0.0, 3.0]> : tensor<3xf32>
  %w = sparse_tensor.assemble (%pos, %crd), %v : (tensor<4xi32>, tensor<3xi32>), tensor<3xf32> to tensor<3x3xf32, #CSR>
  %d = sparse_tensor.convert %w : tensor<3x3xf32, #CSR> to tensor<3x3xf32>
  return %d : tensor<3x3xf32>
}

// -----

#CSR = #sparse_tensor.encoding<{ map = (i, j) -> (i : dense, j : compressed) }>

// A constant that lists its nonzeros.
// CHECK-LABEL: func @listed
// CHECK-DAG: arith.constant dense<[5.000000e+00, 6.000000e+00]> : tensor<2xf32>
// CHECK-DAG: arith.constant dense<[1, 0]> : tensor<2xi32>
// CHECK: #compress.csr<count = 2>
func.func @listed() -> tensor<2x2xf32> {
  %c = arith.constant sparse<[[0, 1], [1, 0]], [5.0, 6.0]> : tensor<2x2xf32>
  %w = sparse_tensor.convert %c : tensor<2x2xf32> to tensor<2x2xf32, #CSR>
  %d = sparse_tensor.convert %w : tensor<2x2xf32, #CSR> to tensor<2x2xf32>
  return %d : tensor<2x2xf32>
}

// -----

#BSR = #sparse_tensor.encoding<{ map = (i, j) -> (i floordiv 2 : dense, j floordiv 2 : compressed, i mod 2 : dense, j mod 2 : dense) }>

// Blocks 1 and 2 of 2 x 2.
// CHECK-LABEL: func @blocks
// CHECK-DAG: arith.constant dense<{{\[\[\[}}1.000000e+00, 2.000000e+00], [3.000000e+00, 4.000000e+00]], {{\[\[}}5.000000e+00, 6.000000e+00], [7.000000e+00, 8.000000e+00]]]> : tensor<2x2x2xf32>
// CHECK-DAG: arith.constant dense<[1, 2]> : tensor<2xi32>
// CHECK: #compress.block<[2, 2], count = 2>
func.func @blocks() -> tensor<4x4xf32> {
  %pos = arith.constant dense<[0, 1, 2]> : tensor<3xindex>
  %crd = arith.constant dense<[1, 0]> : tensor<2xindex>
  %v = arith.constant dense<[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]> : tensor<8xf32>
  %w = sparse_tensor.assemble (%pos, %crd), %v : (tensor<3xindex>, tensor<2xindex>), tensor<8xf32> to tensor<4x4xf32, #BSR>
  %d = sparse_tensor.convert %w : tensor<4x4xf32, #BSR> to tensor<4x4xf32>
  return %d : tensor<4x4xf32>
}

// -----

#CSR = #sparse_tensor.encoding<{ map = (i, j) -> (i : dense, j : compressed) }>

// No weight: left alone.
// CHECK-LABEL: func @computed
// CHECK: sparse_tensor.convert
// CHECK-NOT: compress.
func.func @computed(%x: tensor<2x2xf32>) -> tensor<2x2xf32> {
  %w = sparse_tensor.convert %x : tensor<2x2xf32> to tensor<2x2xf32, #CSR>
  %d = sparse_tensor.convert %w : tensor<2x2xf32, #CSR> to tensor<2x2xf32>
  return %d : tensor<2x2xf32>
}
