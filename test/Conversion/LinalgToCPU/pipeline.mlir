// RUN: compress-opt %s --compress-lower-to-cpu="vector-width=8 vector-registers=16" | FileCheck %s

// A contraction of a dynamic batch with a constant, lowered to the end.

// CHECK-NOT:   unrealized_conversion_cast
// CHECK:       llvm.func internal @main_parallel_0
// CHECK:         llvm.intr.fmuladd({{.*}}) : (vector<8xf32>, vector<8xf32>, vector<8xf32>) -> vector<8xf32>
// CHECK:       llvm.func @_mlir_ciface_main
func.func @main(%x: tensor<?x64xf32>) -> tensor<?x64xf32> {
  %w = arith.constant dense_resource<w> : tensor<64x64xf32>
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %m = tensor.dim %x, %c0 : tensor<?x64xf32>
  %e = tensor.empty(%m) : tensor<?x64xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<?x64xf32>) -> tensor<?x64xf32>
  %r = linalg.matmul ins(%x, %w : tensor<?x64xf32>, tensor<64x64xf32>) outs(%f : tensor<?x64xf32>) -> tensor<?x64xf32>
  return %r : tensor<?x64xf32>
}
