// RUN: compress-opt %s --compress-normalize --split-input-file | FileCheck %s
// RUN: compress-opt %s --compress-normalize --split-input-file --remarks-filter=compress 2>&1 >%t | FileCheck %s --check-prefix=REMARK

#id = affine_map<(m, n) -> (m, n)>
#col = affine_map<(m, n) -> (n)>
#row = affine_map<(m, n) -> (m)>

// Bias, then batch norm with mean, variance + epsilon, gamma and beta. With
// variances 3 and 15 and epsilon 1 the scales are gamma / 2 and gamma / 4:
// scale = [1, 1], offset = (bias - mean) * scale + beta = [3, 12].

// REMARK: [Passed] folded-channels {{.*}}Ops=3, Remark="'layer' takes in what scales and shifts its channels"
// CHECK-LABEL: func.func @batch_norm
// CHECK-DAG: %[[W:.*]] = arith.constant dense<{{\[\[}}1.000000e+00, 2.000000e+00], [3.000000e+00, 4.000000e+00]]>
// CHECK: %[[Y:.*]] = linalg.matmul {{.*}}ins(%{{.*}}, %[[W]]
// CHECK: %[[B:.*]] = arith.constant dense<[3.000000e+00, 1.200000e+01]>
// CHECK: %[[Z:.*]] = linalg.generic {{.*}} ins(%[[Y]], %[[B]]
// CHECK-NOT: linalg.generic
// CHECK: return %[[Z]]
func.func @batch_norm(%x: tensor<?x2xf32>, %init: tensor<?x2xf32>) -> tensor<?x2xf32> {
  %zero = arith.constant 0.0 : f32
  %w = arith.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %bias = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %mean = arith.constant dense<[0.0, -4.0]> : tensor<2xf32>
  %variance = arith.constant dense<[3.0, 15.0]> : tensor<2xf32>
  %gamma = arith.constant dense<[2.0, 4.0]> : tensor<2xf32>
  %beta = arith.constant dense<[2.0, 6.0]> : tensor<2xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%init : tensor<?x2xf32>) -> tensor<?x2xf32>
  %y = linalg.matmul ins(%x, %w : tensor<?x2xf32>, tensor<2x2xf32>) outs(%fill : tensor<?x2xf32>) -> tensor<?x2xf32> loc("layer")
  %0 = linalg.generic {indexing_maps = [#id, #col, #id], iterator_types = ["parallel", "parallel"]}
      ins(%y, %bias : tensor<?x2xf32>, tensor<2xf32>) outs(%init : tensor<?x2xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %s = arith.addf %a, %b : f32
    linalg.yield %s : f32
  } -> tensor<?x2xf32>
  %1 = linalg.generic {indexing_maps = [#id, #col, #col, #id], iterator_types = ["parallel", "parallel"]}
      ins(%0, %mean, %variance : tensor<?x2xf32>, tensor<2xf32>, tensor<2xf32>) outs(%init : tensor<?x2xf32>) {
  ^bb0(%a: f32, %m: f32, %v: f32, %o: f32):
    %epsilon = arith.constant 1.0 : f32
    %c = arith.subf %a, %m : f32
    %e = arith.addf %v, %epsilon : f32
    %r = math.rsqrt %e : f32
    %n = arith.mulf %c, %r : f32
    linalg.yield %n : f32
  } -> tensor<?x2xf32>
  %2 = linalg.generic {indexing_maps = [#id, #col, #col, #id], iterator_types = ["parallel", "parallel"]}
      ins(%1, %gamma, %beta : tensor<?x2xf32>, tensor<2xf32>, tensor<2xf32>) outs(%init : tensor<?x2xf32>) {
  ^bb0(%a: f32, %g: f32, %b: f32, %o: f32):
    %p = arith.mulf %a, %g : f32
    %s = arith.addf %p, %b : f32
    linalg.yield %s : f32
  } -> tensor<?x2xf32>
  return %2 : tensor<?x2xf32>
}

// -----

// The accumulator is a bias already; a named op scales by one value. The
// weight's channel is its first dimension, seen through a transpose.

// CHECK-LABEL: func.func @accumulator
// CHECK-DAG: %[[W:.*]] = arith.constant dense<{{\[\[}}2.000000e+00, 6.000000e+00], [4.000000e+00, 8.000000e+00]]>
// CHECK: %[[F:.*]] = linalg.fill ins(%{{.*}} : f32)
// CHECK: %[[Y:.*]] = linalg.matmul {{.*}}ins(%{{.*}}, %[[W]]{{.*}} outs(%[[F]]
// CHECK: %[[B:.*]] = arith.constant dense<[2.000000e+01, 4.000000e+01]>
// CHECK: %[[Z:.*]] = linalg.generic {{.*}} ins(%[[Y]], %[[B]]
// CHECK: return %[[Z]]
func.func @accumulator(%x: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %two = arith.constant dense<2.0> : tensor<3x2xf32>
  %w = arith.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %bias = arith.constant dense<[10.0, 20.0]> : tensor<2xf32>
  %e = tensor.empty() : tensor<3x2xf32>
  %t = tensor.empty() : tensor<2x2xf32>
  %wt = linalg.transpose ins(%w : tensor<2x2xf32>) outs(%t : tensor<2x2xf32>) permutation = [1, 0]
  %init = linalg.broadcast ins(%bias : tensor<2xf32>) outs(%e : tensor<3x2xf32>) dimensions = [0]
  %y = linalg.matmul ins(%x, %wt : tensor<3x2xf32>, tensor<2x2xf32>) outs(%init : tensor<3x2xf32>) -> tensor<3x2xf32>
  %0 = linalg.mul ins(%y, %two : tensor<3x2xf32>, tensor<3x2xf32>) outs(%e : tensor<3x2xf32>) -> tensor<3x2xf32>
  return %0 : tensor<3x2xf32>
}

// -----

#id = affine_map<(m, n) -> (m, n)>
#col = affine_map<(m, n) -> (n)>
#row = affine_map<(m, n) -> (m)>

// Left alone: one bias; a scale along rows; a scale behind a max; a result with
// two readers; a weight with two readers.

// CHECK-LABEL: func.func @left_alone
// CHECK-DAG: arith.constant dense<{{\[\[}}1.000000e+00, 2.000000e+00], [3.000000e+00, 4.000000e+00]]>
// CHECK-DAG: arith.constant dense<{{\[\[}}5.000000e+00, 6.000000e+00], [7.000000e+00, 8.000000e+00]]>
// CHECK-DAG: arith.constant dense<{{\[\[}}9.000000e+00, 6.000000e+00], [7.000000e+00, 8.000000e+00]]>
// CHECK-DAG: arith.constant dense<{{\[\[}}1.100000e+01, 6.000000e+00], [7.000000e+00, 8.000000e+00]]>
// CHECK-DAG: arith.constant dense<{{\[\[}}1.300000e+01, 6.000000e+00], [7.000000e+00, 8.000000e+00]]>
// CHECK-COUNT-6: linalg.matmul
func.func @left_alone(%x: tensor<2x2xf32>) -> (tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>) {
  %zero = arith.constant 0.0 : f32
  %v = arith.constant dense<[3.0, 2.0]> : tensor<2xf32>
  %w0 = arith.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %w1 = arith.constant dense<[[5.0, 6.0], [7.0, 8.0]]> : tensor<2x2xf32>
  %w2 = arith.constant dense<[[9.0, 6.0], [7.0, 8.0]]> : tensor<2x2xf32>
  %w3 = arith.constant dense<[[11.0, 6.0], [7.0, 8.0]]> : tensor<2x2xf32>
  %w4 = arith.constant dense<[[13.0, 6.0], [7.0, 8.0]]> : tensor<2x2xf32>
  %e = tensor.empty() : tensor<2x2xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%e : tensor<2x2xf32>) -> tensor<2x2xf32>
  %y0 = linalg.matmul ins(%x, %w0 : tensor<2x2xf32>, tensor<2x2xf32>) outs(%fill : tensor<2x2xf32>) -> tensor<2x2xf32>
  %0 = linalg.generic {indexing_maps = [#id, #col, #id], iterator_types = ["parallel", "parallel"]}
      ins(%y0, %v : tensor<2x2xf32>, tensor<2xf32>) outs(%e : tensor<2x2xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %s = arith.addf %a, %b : f32
    linalg.yield %s : f32
  } -> tensor<2x2xf32>
  %y1 = linalg.matmul ins(%x, %w1 : tensor<2x2xf32>, tensor<2x2xf32>) outs(%fill : tensor<2x2xf32>) -> tensor<2x2xf32>
  %1 = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%y1, %v : tensor<2x2xf32>, tensor<2xf32>) outs(%e : tensor<2x2xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %s = arith.mulf %a, %b : f32
    linalg.yield %s : f32
  } -> tensor<2x2xf32>
  %y2 = linalg.matmul ins(%x, %w2 : tensor<2x2xf32>, tensor<2x2xf32>) outs(%fill : tensor<2x2xf32>) -> tensor<2x2xf32>
  %2 = linalg.generic {indexing_maps = [#id, #col, #id], iterator_types = ["parallel", "parallel"]}
      ins(%y2, %v : tensor<2x2xf32>, tensor<2xf32>) outs(%e : tensor<2x2xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %m = arith.maximumf %a, %b : f32
    %s = arith.mulf %m, %b : f32
    linalg.yield %s : f32
  } -> tensor<2x2xf32>
  %y3 = linalg.matmul ins(%x, %w3 : tensor<2x2xf32>, tensor<2x2xf32>) outs(%fill : tensor<2x2xf32>) -> tensor<2x2xf32>
  %3 = linalg.mul ins(%y3, %fill : tensor<2x2xf32>, tensor<2x2xf32>) outs(%e : tensor<2x2xf32>) -> tensor<2x2xf32>
  %y4 = linalg.matmul ins(%x, %w4 : tensor<2x2xf32>, tensor<2x2xf32>) outs(%fill : tensor<2x2xf32>) -> tensor<2x2xf32>
  %4 = linalg.negf ins(%y4 : tensor<2x2xf32>) outs(%e : tensor<2x2xf32>) -> tensor<2x2xf32>
  %y5 = linalg.matmul ins(%4, %w4 : tensor<2x2xf32>, tensor<2x2xf32>) outs(%fill : tensor<2x2xf32>) -> tensor<2x2xf32>
  return %0, %1, %2, %3, %y3, %4, %y5 : tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>
}
