// RUN: compress-opt %s --split-input-file --pass-pipeline='builtin.module(func.func(compress-fuse-elementwise),canonicalize,cse,func.func(compress-fuse-rows),canonicalize)' | FileCheck %s

// Softmax with what comes before and after it is one op.

// CHECK-LABEL: func @softmax
// CHECK-SAME:    (%[[X:.*]]: tensor<?x?xf32>, %[[SCALE:.*]]: tensor<?xf32>)
// CHECK-NOT:     linalg.fill
// CHECK:         %[[Y:.*]] = linalg.generic
// CHECK-SAME:      iterator_types = ["parallel", "parallel"]
// CHECK-SAME:      ins(%[[X]], %[[SCALE]] : tensor<?x?xf32>, tensor<?xf32>)
// CHECK:           %[[E:.*]] = arith.mulf
// CHECK:           %[[MAX:.*]] = compress_kernel.row_reduce {{max(imum|num)f}} %[[E]] over [1]
// CHECK:           %[[C:.*]] = arith.subf %[[E]], %[[MAX]]
// CHECK:           %[[EXP:.*]] = math.exp %[[C]]
// CHECK:           %[[SUM:.*]] = compress_kernel.row_reduce addf %[[EXP]] over [1]
// CHECK:           %[[Q:.*]] = arith.divf %[[EXP]], %[[SUM]]
// CHECK:           %[[R:.*]] = arith.truncf %[[Q]]
// CHECK:           linalg.yield %[[R]]
// CHECK-NOT:     linalg.generic
// CHECK:         return %[[Y]] : tensor<?x?xf16>
func.func @softmax(%x: tensor<?x?xf32>, %scale: tensor<?xf32>) -> tensor<?x?xf16> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %m = tensor.dim %x, %c0 : tensor<?x?xf32>
  %n = tensor.dim %x, %c1 : tensor<?x?xf32>
  %e0 = tensor.empty(%m, %n) : tensor<?x?xf32>
  %e1 = tensor.empty(%m, %n) : tensor<?x?xf32>
  %e2 = tensor.empty(%m, %n) : tensor<?x?xf16>
  %0 = linalg.generic {
      indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>],
      iterator_types = ["parallel", "parallel"]}
      ins(%x, %scale : tensor<?x?xf32>, tensor<?xf32>) outs(%e0 : tensor<?x?xf32>) {
  ^bb0(%a: f32, %b: f32, %out: f32):
    %p = arith.mulf %a, %b : f32
    linalg.yield %p : f32
  } -> tensor<?x?xf32>
  %1 = linalg.softmax dimension(1) ins(%0 : tensor<?x?xf32>) outs(%e1 : tensor<?x?xf32>) -> tensor<?x?xf32>
  %2 = linalg.generic {
      indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
      iterator_types = ["parallel", "parallel"]}
      ins(%1 : tensor<?x?xf32>) outs(%e2 : tensor<?x?xf16>) {
  ^bb0(%a: f32, %out: f16):
    %t = arith.truncf %a : f32 to f16
    linalg.yield %t : f16
  } -> tensor<?x?xf16>
  return %2 : tensor<?x?xf16>
}

// -----

// A result that is read elsewhere is stored too, and what reads it comes after.
// A start that is not neutral is combined with the sum.

// CHECK-LABEL: func @two_results
// CHECK:         %[[R:.*]]:2 = linalg.generic
// CHECK-SAME:      iterator_types = ["parallel", "parallel"]
// CHECK:           %[[SUM:.*]] = compress_kernel.row_reduce addf
// CHECK:           %[[PLUS:.*]] = arith.addf %[[SUM]], %{{.*}}
// CHECK:           %[[C:.*]] = arith.subf %{{.*}}, %[[PLUS]]
// CHECK:           linalg.yield %[[PLUS]], %[[C]]
// CHECK:         %[[WIDE:.*]] = tensor.expand_shape %[[R]]#0
// CHECK:         return %[[WIDE]], %[[R]]#1
func.func @two_results(%x: tensor<4x8xf32>) -> (tensor<4x1xf32>, tensor<4x8xf32>) {
  %one = arith.constant 1.0 : f32
  %e0 = tensor.empty() : tensor<4xf32>
  %e1 = tensor.empty() : tensor<4x8xf32>
  %fill = linalg.fill ins(%one : f32) outs(%e0 : tensor<4xf32>) -> tensor<4xf32>
  %s = linalg.reduce ins(%x : tensor<4x8xf32>) outs(%fill : tensor<4xf32>) dimensions = [1]
    (%a: f32, %acc: f32) {
      %0 = arith.addf %a, %acc : f32
      linalg.yield %0 : f32
    }
  %wide = tensor.expand_shape %s [[0, 1]] output_shape [4, 1] : tensor<4xf32> into tensor<4x1xf32>
  %c = linalg.generic {
      indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>],
      iterator_types = ["parallel", "parallel"]}
      ins(%x, %s : tensor<4x8xf32>, tensor<4xf32>) outs(%e1 : tensor<4x8xf32>) {
  ^bb0(%a: f32, %b: f32, %out: f32):
    %d = arith.subf %a, %b : f32
    linalg.yield %d : f32
  } -> tensor<4x8xf32>
  return %wide, %c : tensor<4x1xf32>, tensor<4x8xf32>
}

// -----

// Left alone: sums of columns, a transposition of the rows, and a product that
// reads them.

// CHECK-LABEL: func @left_alone
// CHECK-NOT:     compress_kernel.row_reduce
// CHECK:         return
func.func @left_alone(%x: tensor<8x8xf32>, %w: tensor<8x8xf32>) -> (tensor<8x8xf32>, tensor<8x8xf32>) {
  %zero = arith.constant 0.0 : f32
  %e0 = tensor.empty() : tensor<8xf32>
  %e1 = tensor.empty() : tensor<8x8xf32>
  %f0 = linalg.fill ins(%zero : f32) outs(%e0 : tensor<8xf32>) -> tensor<8xf32>
  %f1 = linalg.fill ins(%zero : f32) outs(%e1 : tensor<8x8xf32>) -> tensor<8x8xf32>
  %columns = linalg.reduce ins(%x : tensor<8x8xf32>) outs(%f0 : tensor<8xf32>) dimensions = [0]
    (%a: f32, %acc: f32) {
      %0 = arith.addf %a, %acc : f32
      linalg.yield %0 : f32
    }
  %rows = linalg.reduce ins(%w : tensor<8x8xf32>) outs(%f0 : tensor<8xf32>) dimensions = [1]
    (%a: f32, %acc: f32) {
      %0 = arith.addf %a, %acc : f32
      linalg.yield %0 : f32
    }
  %y = linalg.generic {
      indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>],
      iterator_types = ["parallel", "parallel"]}
      ins(%x, %columns, %rows : tensor<8x8xf32>, tensor<8xf32>, tensor<8xf32>) outs(%e1 : tensor<8x8xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32, %out: f32):
    %d = arith.subf %a, %b : f32
    %e = arith.subf %d, %c : f32
    linalg.yield %e : f32
  } -> tensor<8x8xf32>
  %product = linalg.matmul ins(%y, %w : tensor<8x8xf32>, tensor<8x8xf32>) outs(%f1 : tensor<8x8xf32>) -> tensor<8x8xf32>
  return %y, %product : tensor<8x8xf32>, tensor<8x8xf32>
}
