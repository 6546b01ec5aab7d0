// RUN: compress-opt %s --split-input-file --compress-measure-results -verify-diagnostics | FileCheck %s

// The extents of all results, in their order, without what they do not follow from.

// CHECK:       func.func @matmul({{.*}}) -> (tensor<?x8xf32>, tensor<4xf32>) attributes {compress_cpu.measure = @matmul_measure}
// CHECK:       func.func @matmul_measure(
// CHECK-SAME:    %[[X:.*]]: tensor<?x64xf32>, %[[W:.*]]: tensor<64x8xf32>, %[[V:.*]]: tensor<4xf32>, %[[E:.*]]: memref<?xindex>) {
// CHECK-DAG:     %[[C0:.*]] = arith.constant 0 : index
// CHECK-DAG:     %[[C1:.*]] = arith.constant 1 : index
// CHECK-DAG:     %[[C2:.*]] = arith.constant 2 : index
// CHECK-DAG:     %[[C4:.*]] = arith.constant 4 : index
// CHECK-DAG:     %[[C8:.*]] = arith.constant 8 : index
// CHECK-NOT:     linalg
// CHECK:         %[[M:.*]] = tensor.dim %[[X]], %[[C0]]
// CHECK:         memref.store %[[M]], %[[E]][%[[C0]]]
// CHECK:         memref.store %[[C8]], %[[E]][%[[C1]]]
// CHECK:         memref.store %[[C4]], %[[E]][%[[C2]]]
// CHECK-NEXT:    return
func.func @matmul(%x: tensor<?x64xf32>, %w: tensor<64x8xf32>, %v: tensor<4xf32>) -> (tensor<?x8xf32>, tensor<4xf32>) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %m = tensor.dim %x, %c0 : tensor<?x64xf32>
  %e = tensor.empty(%m) : tensor<?x8xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<?x8xf32>) -> tensor<?x8xf32>
  %y = linalg.matmul ins(%x, %w : tensor<?x64xf32>, tensor<64x8xf32>) outs(%f : tensor<?x8xf32>) -> tensor<?x8xf32>
  %z = linalg.exp ins(%v : tensor<4xf32>) outs(%v : tensor<4xf32>) -> tensor<4xf32>
  return %y, %z : tensor<?x8xf32>, tensor<4xf32>
}

// -----

// An extent that an input says is read.

// CHECK:       func.func @counted_measure(%[[N:.*]]: tensor<i64>, %[[E:.*]]: memref<?xindex>)
// CHECK:         %[[COUNT:.*]] = tensor.extract %[[N]][]
// CHECK:         %[[SIZE:.*]] = arith.index_cast %[[COUNT]]
// CHECK-NOT:     linalg
// CHECK:         memref.store %[[SIZE]], %[[E]]
func.func @counted(%n: tensor<i64>) -> tensor<?xf32> {
  %count = tensor.extract %n[] : tensor<i64>
  %size = arith.index_cast %count : i64 to index
  %one = arith.constant 1.0 : f32
  %e = tensor.empty(%size) : tensor<?xf32>
  %y = linalg.fill ins(%one : f32) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  return %y : tensor<?xf32>
}

// -----

// Static results need no such function, and private functions have none.

// CHECK-LABEL: func.func @static
// CHECK-NOT:   _measure
func.func @static(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}
func.func private @hidden(%x: tensor<?xf32>) -> tensor<?xf32> {
  return %x : tensor<?xf32>
}

// -----

// expected-error @below {{branches between blocks; expected control flow of the scf dialect}}
func.func @blocks(%x: tensor<?xf32>) -> tensor<?xf32> {
  cf.br ^bb1
^bb1:
  return %x : tensor<?xf32>
}
