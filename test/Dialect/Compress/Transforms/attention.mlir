// RUN: compress-opt %s --quantize=w8a8 -o %t.mlir --report=%t.report
// RUN: FileCheck %s --input-file=%t.mlir
// RUN: FileCheck %s --check-prefix=PLAN --input-file=%t.report/report.txt
// RUN: compress-opt %s --compress-normalize | FileCheck %s --check-prefix=DENSE

// Attention written as generics keeps its structure: both operands of QK^T and PV
// are activations, so they stay as they are, and the plan says why, while the
// projections around them are compressed.

// PLAN: query {{.*}} #compress.scheme<storage = #compress.affine<i8, block = [1, *]>>
// PLAN: key {{.*}} #compress.scheme<storage = #compress.affine<i8, block = [1, *]>>
// PLAN: value {{.*}} #compress.scheme<storage = #compress.affine<i8, block = [1, *]>>
// PLAN: scores {{.*}} no operand is a weight: of the left one, it is computed at run time by 'linalg.matmul'; of the right one, it is computed at run time by 'linalg.matmul'
// PLAN: context {{.*}} no operand is a weight: of the left one, it is computed at run time by 'linalg.generic'
// PLAN: output {{.*}} #compress.scheme<storage = #compress.affine<i8, block = [1, *]>>
// PLAN: 4 of 6 sites compressed

// The projections read one quantized input; no operand of the attention is
// quantized or decoded, and its bodies are those of the input.

// CHECK-LABEL: func.func @main(
// CHECK: %[[X:.*]] = compress.encode %arg0
// CHECK: %[[Q:.*]] = compress.contract {{.*}} ins(%[[X]], {{.*}}compress.site = "query"
// CHECK: %[[K:.*]] = compress.contract {{.*}} ins(%[[X]], {{.*}}compress.site = "key"
// CHECK: %[[V:.*]] = compress.contract {{.*}} ins(%[[X]], {{.*}}compress.site = "value"
// CHECK-DAG: %[[QH:.*]] = tensor.expand_shape %[[Q]]
// CHECK-DAG: %[[KH:.*]] = tensor.expand_shape %[[K]]
// CHECK-DAG: %[[VH:.*]] = tensor.expand_shape %[[V]]
// CHECK: %[[S:.*]] = linalg.generic {{.*}} ins(%[[QH]], %[[KH]] : {{.*}}compress.site = "scores"
// CHECK-NEXT: ^bb0(
// CHECK-NEXT: arith.mulf
// CHECK-NEXT: arith.addf
// CHECK-NEXT: linalg.yield
// CHECK: %[[M:.*]] = linalg.generic {{.*}} ins(%[[S]] :
// CHECK: arith.maximumf
// CHECK: %[[E:.*]] = linalg.generic {{.*}} ins(%[[S]], %[[M]] :
// CHECK: math.exp
// CHECK: %[[T:.*]] = linalg.generic {{.*}} ins(%[[E]] :
// CHECK: %[[P:.*]] = linalg.generic {{.*}} ins(%[[E]], %[[T]] :
// CHECK: arith.divf
// CHECK: %[[C:.*]] = linalg.generic {{.*}} ins(%[[P]], %[[VH]] : {{.*}}compress.site = "context"
// CHECK: %[[F:.*]] = tensor.collapse_shape %[[C]]
// CHECK: %[[Y:.*]] = compress.encode %[[F]]
// CHECK: compress.contract {{.*}} ins(%[[Y]], {{.*}}compress.site = "output"
// CHECK-NOT: compress.decode

// DENSE-COUNT-4: linalg.matmul
// DENSE-NOT: linalg.matmul

#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (n, k)>
#c = affine_map<(m, n, k) -> (m, n)>
#q = affine_map<(h, i, j, d) -> (i, h, d)>
#k = affine_map<(h, i, j, d) -> (j, h, d)>
#s = affine_map<(h, i, j, d) -> (h, i, j)>
#id = affine_map<(h, i, j) -> (h, i, j)>
#row = affine_map<(h, i, j) -> (h, i)>
#p = affine_map<(i, h, d, j) -> (h, i, j)>
#v = affine_map<(i, h, d, j) -> (j, h, d)>
#o = affine_map<(i, h, d, j) -> (i, h, d)>
func.func @main(%x: tensor<3x4xf32>) -> tensor<3x4xf32> {
  %zero = arith.constant 0.0 : f32
  %lowest = arith.constant 0xFF800000 : f32
  %wq = arith.constant dense<[[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0], [1.0, 3.0, 5.0, 7.0], [2.0, 4.0, 6.0, 8.0]]> : tensor<4x4xf32>
  %wk = arith.constant dense<[[2.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0], [1.0, 3.0, 5.0, 7.0], [2.0, 4.0, 6.0, 8.0]]> : tensor<4x4xf32>
  %wv = arith.constant dense<[[3.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0], [1.0, 3.0, 5.0, 7.0], [2.0, 4.0, 6.0, 8.0]]> : tensor<4x4xf32>
  %wo = arith.constant dense<[[4.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0], [1.0, 3.0, 5.0, 7.0], [2.0, 4.0, 6.0, 8.0]]> : tensor<4x4xf32>
  %e2 = tensor.empty() : tensor<3x4xf32>
  %z2 = linalg.fill ins(%zero : f32) outs(%e2 : tensor<3x4xf32>) -> tensor<3x4xf32>
  %q2 = linalg.matmul indexing_maps = [#a, #b, #c] ins(%x, %wq : tensor<3x4xf32>, tensor<4x4xf32>) outs(%z2 : tensor<3x4xf32>) -> tensor<3x4xf32> loc("query")
  %k2 = linalg.matmul indexing_maps = [#a, #b, #c] ins(%x, %wk : tensor<3x4xf32>, tensor<4x4xf32>) outs(%z2 : tensor<3x4xf32>) -> tensor<3x4xf32> loc("key")
  %v2 = linalg.matmul indexing_maps = [#a, #b, #c] ins(%x, %wv : tensor<3x4xf32>, tensor<4x4xf32>) outs(%z2 : tensor<3x4xf32>) -> tensor<3x4xf32> loc("value")
  %q3 = tensor.expand_shape %q2 [[0], [1, 2]] output_shape [3, 2, 2] : tensor<3x4xf32> into tensor<3x2x2xf32>
  %k3 = tensor.expand_shape %k2 [[0], [1, 2]] output_shape [3, 2, 2] : tensor<3x4xf32> into tensor<3x2x2xf32>
  %v3 = tensor.expand_shape %v2 [[0], [1, 2]] output_shape [3, 2, 2] : tensor<3x4xf32> into tensor<3x2x2xf32>
  %es = tensor.empty() : tensor<2x3x3xf32>
  %zs = linalg.fill ins(%zero : f32) outs(%es : tensor<2x3x3xf32>) -> tensor<2x3x3xf32>
  %scores = linalg.generic {indexing_maps = [#q, #k, #s], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%q3, %k3 : tensor<3x2x2xf32>, tensor<3x2x2xf32>) outs(%zs : tensor<2x3x3xf32>) {
  ^bb0(%l: f32, %r: f32, %acc: f32):
    %product = arith.mulf %l, %r : f32
    %sum = arith.addf %acc, %product : f32
    linalg.yield %sum : f32
  } -> tensor<2x3x3xf32> loc("scores")
  %er = tensor.empty() : tensor<2x3xf32>
  %fm = linalg.fill ins(%lowest : f32) outs(%er : tensor<2x3xf32>) -> tensor<2x3xf32>
  %max = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%scores : tensor<2x3x3xf32>) outs(%fm : tensor<2x3xf32>) {
  ^bb0(%in: f32, %acc: f32):
    %m = arith.maximumf %in, %acc : f32
    linalg.yield %m : f32
  } -> tensor<2x3xf32>
  %exp = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%scores, %max : tensor<2x3x3xf32>, tensor<2x3xf32>) outs(%es : tensor<2x3x3xf32>) {
  ^bb0(%in: f32, %m: f32, %out: f32):
    %d = arith.subf %in, %m : f32
    %e = math.exp %d : f32
    linalg.yield %e : f32
  } -> tensor<2x3x3xf32>
  %ft = linalg.fill ins(%zero : f32) outs(%er : tensor<2x3xf32>) -> tensor<2x3xf32>
  %total = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%exp : tensor<2x3x3xf32>) outs(%ft : tensor<2x3xf32>) {
  ^bb0(%in: f32, %acc: f32):
    %sum = arith.addf %in, %acc : f32
    linalg.yield %sum : f32
  } -> tensor<2x3xf32>
  %soft = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%exp, %total : tensor<2x3x3xf32>, tensor<2x3xf32>) outs(%es : tensor<2x3x3xf32>) {
  ^bb0(%in: f32, %t: f32, %out: f32):
    %d = arith.divf %in, %t : f32
    linalg.yield %d : f32
  } -> tensor<2x3x3xf32>
  %eo = tensor.empty() : tensor<3x2x2xf32>
  %zo = linalg.fill ins(%zero : f32) outs(%eo : tensor<3x2x2xf32>) -> tensor<3x2x2xf32>
  %context = linalg.generic {indexing_maps = [#p, #v, #o], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%soft, %v3 : tensor<2x3x3xf32>, tensor<3x2x2xf32>) outs(%zo : tensor<3x2x2xf32>) {
  ^bb0(%l: f32, %r: f32, %acc: f32):
    %product = arith.mulf %l, %r : f32
    %sum = arith.addf %acc, %product : f32
    linalg.yield %sum : f32
  } -> tensor<3x2x2xf32> loc("context")
  %c2 = tensor.collapse_shape %context [[0], [1, 2]] : tensor<3x2x2xf32> into tensor<3x4xf32>
  %y = linalg.matmul indexing_maps = [#a, #b, #c] ins(%c2, %wo : tensor<3x4xf32>, tensor<4x4xf32>) outs(%z2 : tensor<3x4xf32>) -> tensor<3x4xf32> loc("output")
  return %y : tensor<3x4xf32>
}
