// RUN: compress-opt %s --pass-pipeline='builtin.module(func.func(compress-collapse-epilogues))' | FileCheck %s

#id = affine_map<(b, m, n) -> (b, m, n)>
#last = affine_map<(b, m, n) -> (n)>
#some = affine_map<(b, m, n) -> (m, n)>
!w = !compress.tensor<64x128xf16, #compress.scheme<storage = #compress.affine<i8>, layout = #compress.tiled<[16, 32], bits = [0, 8, 3, 4, 1, 2, 5, 6, 7]>>>

// Batches are rows of the op behind the product too.
// CHECK-LABEL: func @batches
// CHECK:         %[[Y:.*]] = compress_kernel.contract
// CHECK:         %[[R:.*]] = tensor.collapse_shape %{{.*}} {{\[\[}}0, 1], [2]] : tensor<?x5x64xf16> into tensor<?x64xf16>
// CHECK:         %[[Z:.*]] = linalg.generic
// CHECK-SAME:      iterator_types = ["parallel", "parallel"]
// CHECK-SAME:      ins(%[[Y]], %{{.*}}, %[[R]] : tensor<?x64xf32>, tensor<64xf32>, tensor<?x64xf16>)
// CHECK:         tensor.expand_shape %[[Z]]
func.func @batches(%x: tensor<?x128xf16>, %v: tensor<4x4x16x32xi8>, %s: tensor<1x1xf32>, %i: tensor<?x64xf32>,
    %bias: tensor<64xf32>, %residual: tensor<?x5x64xf16>, %b: index) -> tensor<?x5x64xf16> {
  %y = compress_kernel.contract ins(%x, %v, %s : tensor<?x128xf16>, tensor<4x4x16x32xi8>, tensor<1x1xf32>)
      outs(%i : tensor<?x64xf32>) {weight = !w, transposed} -> tensor<?x64xf32>
  %expanded = tensor.expand_shape %y [[0, 1], [2]] output_shape [%b, 5, 64] : tensor<?x64xf32> into tensor<?x5x64xf32>
  %e = tensor.empty(%b) : tensor<?x5x64xf16>
  %z = linalg.generic {indexing_maps = [#id, #last, #id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%expanded, %bias, %residual : tensor<?x5x64xf32>, tensor<64xf32>, tensor<?x5x64xf16>) outs(%e : tensor<?x5x64xf16>) {
  ^bb0(%a: f32, %c: f32, %d: f16, %o: f16):
    %sum = arith.addf %a, %c : f32
    %half = arith.truncf %sum : f32 to f16
    %r = arith.addf %half, %d : f16
    linalg.yield %r : f16
  } -> tensor<?x5x64xf16>
  return %z : tensor<?x5x64xf16>
}

// Rows that batches share have no place in a matrix of all of them.
// CHECK-LABEL: func @shared_rows
// CHECK:         linalg.generic
// CHECK-SAME:      iterator_types = ["parallel", "parallel", "parallel"]
func.func @shared_rows(%x: tensor<15x128xf16>, %v: tensor<4x4x16x32xi8>, %s: tensor<1x1xf32>, %i: tensor<15x64xf32>,
    %position: tensor<5x64xf32>) -> tensor<3x5x64xf32> {
  %y = compress_kernel.contract ins(%x, %v, %s : tensor<15x128xf16>, tensor<4x4x16x32xi8>, tensor<1x1xf32>)
      outs(%i : tensor<15x64xf32>) {weight = !w, transposed} -> tensor<15x64xf32>
  %expanded = tensor.expand_shape %y [[0, 1], [2]] output_shape [3, 5, 64] : tensor<15x64xf32> into tensor<3x5x64xf32>
  %e = tensor.empty() : tensor<3x5x64xf32>
  %z = linalg.generic {indexing_maps = [#id, #some, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%expanded, %position : tensor<3x5x64xf32>, tensor<5x64xf32>) outs(%e : tensor<3x5x64xf32>) {
  ^bb0(%a: f32, %c: f32, %o: f32):
    %sum = arith.addf %a, %c : f32
    linalg.yield %sum : f32
  } -> tensor<3x5x64xf32>
  return %z : tensor<3x5x64xf32>
}

// The product is read twice, so that it needs its buffer.
// CHECK-LABEL: func @read_twice
// CHECK:         linalg.generic
// CHECK-SAME:      iterator_types = ["parallel", "parallel", "parallel"]
func.func @read_twice(%x: tensor<15x128xf16>, %v: tensor<4x4x16x32xi8>, %s: tensor<1x1xf32>, %i: tensor<15x64xf32>)
    -> (tensor<15x64xf32>, tensor<3x5x64xf32>) {
  %y = compress_kernel.contract ins(%x, %v, %s : tensor<15x128xf16>, tensor<4x4x16x32xi8>, tensor<1x1xf32>)
      outs(%i : tensor<15x64xf32>) {weight = !w, transposed} -> tensor<15x64xf32>
  %expanded = tensor.expand_shape %y [[0, 1], [2]] output_shape [3, 5, 64] : tensor<15x64xf32> into tensor<3x5x64xf32>
  %e = tensor.empty() : tensor<3x5x64xf32>
  %z = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%expanded : tensor<3x5x64xf32>) outs(%e : tensor<3x5x64xf32>) {
  ^bb0(%a: f32, %o: f32):
    %r = arith.negf %a : f32
    linalg.yield %r : f32
  } -> tensor<3x5x64xf32>
  return %y, %z : tensor<15x64xf32>, tensor<3x5x64xf32>
}
