// RUN: compress-opt %s --split-input-file --verify-diagnostics --compress-outline-parallel | FileCheck %s

// Two loops with equal bodies share a function, which runs a range of the
// linearized iterations; captured buffers pass through the context.

// CHECK:       llvm.func @compress_parallel_for(!llvm.ptr, !llvm.ptr, i64)
// CHECK:       llvm.func internal @main_parallel_0(%[[CONTEXT:.*]]: !llvm.ptr, %[[LO:.*]]: i64, %[[HI:.*]]: i64)
// CHECK:         llvm.load %[[CONTEXT]]
// CHECK:         scf.for
// CHECK:           arith.remui
// CHECK:           arith.divui
// CHECK:           memref.store
// CHECK-NOT:   llvm.func internal
// CHECK-LABEL: func.func @main
// CHECK:         llvm.mlir.addressof @main_parallel_0
// CHECK:         llvm.call @compress_parallel_for
// CHECK:         llvm.mlir.addressof @main_parallel_0
// CHECK:         llvm.call @compress_parallel_for
// CHECK-NOT:     scf.forall
func.func @main(%a: memref<8x6xf32>, %b: memref<8x6xf32>) {
  %one = arith.constant 1.0 : f32
  scf.forall (%i, %j) = (0, 0) to (8, 6) step (4, 2) {
    memref.store %one, %a[%i, %j] : memref<8x6xf32>
  }
  scf.forall (%i, %j) = (0, 0) to (8, 6) step (4, 2) {
    memref.store %one, %b[%i, %j] : memref<8x6xf32>
  }
  return
}

// -----

// A nested loop runs within its thread.

// CHECK:       llvm.func internal @nested_parallel_0
// CHECK:         scf.for
// CHECK:           scf.for
// CHECK-LABEL: func.func @nested
// CHECK-COUNT-1: llvm.call @compress_parallel_for
// CHECK-NOT:     llvm.call @compress_parallel_for
func.func @nested(%a: memref<8x6xf32>) {
  %one = arith.constant 1.0 : f32
  scf.forall (%i) in (8) {
    scf.forall (%j) in (6) {
      memref.store %one, %a[%i, %j] : memref<8x6xf32>
    }
  }
  return
}

// -----

func.func @tensors(%a: tensor<8xf32>) -> tensor<8xf32> {
  // expected-error @below {{expected a parallel loop on buffers; bufferize first}}
  %r = scf.forall (%i) in (8) shared_outs(%o = %a) -> tensor<8xf32> {
    %s = tensor.extract_slice %o[%i] [1] [1] : tensor<8xf32> to tensor<1xf32>
    scf.forall.in_parallel {
      tensor.parallel_insert_slice %s into %o[%i] [1] [1] : tensor<1xf32> into tensor<8xf32>
    }
  }
  return %r : tensor<8xf32>
}
