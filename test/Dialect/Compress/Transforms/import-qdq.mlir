// RUN: compress-opt %s --split-input-file --compress-import-qdq | FileCheck %s

#id = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>

// float(q) * s, a scale per row; the bytes stay where they are.
// CHECK-LABEL: func @symmetric
// CHECK-DAG: %[[Q:.*]] = arith.constant dense<{{.*}}> : tensor<2x3xi8>
// CHECK-DAG: %[[S:.*]] = arith.constant dense<{{\[\[}}5.000000e-01], [2.500000e-01]]> : tensor<2x1xf32>
// CHECK: %[[A:.*]] = compress.assemble %[[Q]], %[[S]]
// CHECK-SAME: #compress.affine<i8, block = [1, *]>
// CHECK: %[[D:.*]] = compress.decode %[[A]]
// CHECK-NOT: linalg.generic
// CHECK: return %[[D]]
func.func @symmetric() -> tensor<2x3xf32> {
  %q = arith.constant dense<[[1, 2, 3], [4, -5, 6]]> : tensor<2x3xi8>
  %s = arith.constant dense<[0.5, 0.25]> : tensor<2xf32>
  %e = tensor.empty() : tensor<2x3xf32>
  %d = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%q, %s : tensor<2x3xi8>, tensor<2xf32>) outs(%e : tensor<2x3xf32>) {
  ^bb0(%a: i8, %b: f32, %o: f32):
    %f = arith.sitofp %a : i8 to f32
    %m = arith.mulf %f, %b : f32
    linalg.yield %m : f32
  } -> tensor<2x3xf32>
  return %d : tensor<2x3xf32>
}

// -----

#id = affine_map<(i, j) -> (i, j)>
#col = affine_map<(i, j) -> (j)>

// float(int(q) - int(z)) * s of unsigned integers, per column: 255 is 127, the
// zero point 130 is 2.
// CHECK-LABEL: func @unsigned
// CHECK-DAG: arith.constant dense<{{\[\[}}127, -128]]> : tensor<1x2xi8>
// CHECK-DAG: arith.constant dense<{{\[\[}}2, -127]]> : tensor<1x2xi8>
// CHECK: #compress.affine<i8, block = [*, 1], scale = f16, asymmetric>
func.func @unsigned() -> tensor<1x2xf16> {
  %q = arith.constant dense<[[255, 0]]> : tensor<1x2xi8>
  %z = arith.constant dense<[130, 1]> : tensor<2xi8>
  %s = arith.constant dense<[0.5, 0.25]> : tensor<2xf16>
  %e = tensor.empty() : tensor<1x2xf16>
  %d = linalg.generic {indexing_maps = [#id, #col, #col, #id], iterator_types = ["parallel", "parallel"]}
      ins(%q, %z, %s : tensor<1x2xi8>, tensor<2xi8>, tensor<2xf16>) outs(%e : tensor<1x2xf16>) {
  ^bb0(%a: i8, %b: i8, %c: f16, %o: f16):
    %ai = arith.extui %a : i8 to i32
    %bi = arith.extui %b : i8 to i32
    %s0 = arith.subi %ai, %bi : i32
    %f = arith.sitofp %s0 : i32 to f16
    %m = arith.mulf %c, %f : f16
    linalg.yield %m : f16
  } -> tensor<1x2xf16>
  return %d : tensor<1x2xf16>
}

// -----

#id = affine_map<(i, j) -> (i, j)>

// (float(q) - z) * s with scalars.
// CHECK-LABEL: func @scalars
// CHECK-DAG: arith.constant dense<5.000000e-01> : tensor<1x1xf32>
// CHECK-DAG: arith.constant dense<-3> : tensor<1x1xi8>
// CHECK: #compress.affine<i8, asymmetric>
func.func @scalars() -> tensor<1x2xf32> {
  %q = arith.constant dense<[[7, -1]]> : tensor<1x2xi8>
  %z = arith.constant -3.0 : f32
  %s = arith.constant 0.5 : f32
  %e = tensor.empty() : tensor<1x2xf32>
  %d = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%q : tensor<1x2xi8>) outs(%e : tensor<1x2xf32>) {
  ^bb0(%a: i8, %o: f32):
    %f = arith.sitofp %a : i8 to f32
    %d0 = arith.subf %f, %z : f32
    %m = arith.mulf %d0, %s : f32
    linalg.yield %m : f32
  } -> tensor<1x2xf32>
  return %d : tensor<1x2xf32>
}

// -----

#id = affine_map<(o, g, s) -> (o, g, s)>
#group = affine_map<(o, g, s) -> (o, g)>

// Groups along the inputs.
// CHECK-LABEL: func @groups
// CHECK-DAG: %[[Q:.*]] = arith.constant dense<{{.*}}> : tensor<2x4xi8>
// CHECK-DAG: %[[S:.*]] = arith.constant dense<{{.*}}> : tensor<2x2xf32>
// CHECK: compress.assemble %[[Q]], %[[S]]
// CHECK-SAME: !compress.tensor<2x4xf32, #compress.scheme<storage = #compress.affine<i8, block = [1, 2]>>>
// CHECK-NOT: collapse_shape
func.func @groups() -> tensor<2x4xf32> {
  %q = arith.constant dense<[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]> : tensor<2x2x2xi8>
  %s = arith.constant dense<[[0.5, 0.25], [1.0, 2.0]]> : tensor<2x2xf32>
  %e = tensor.empty() : tensor<2x2x2xf32>
  %d = linalg.generic {indexing_maps = [#id, #group, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%q, %s : tensor<2x2x2xi8>, tensor<2x2xf32>) outs(%e : tensor<2x2x2xf32>) {
  ^bb0(%a: i8, %b: f32, %o: f32):
    %f = arith.sitofp %a : i8 to f32
    %m = arith.mulf %f, %b : f32
    linalg.yield %m : f32
  } -> tensor<2x2x2xf32>
  %c = tensor.collapse_shape %d [[0], [1, 2]] : tensor<2x2x2xf32> into tensor<2x4xf32>
  return %c : tensor<2x4xf32>
}

// -----

#id = affine_map<(i, j) -> (i, j)>

// Left alone: integers of an activation; a fractional zero point; a formula that
// adds.
// CHECK-LABEL: func @others
// CHECK-COUNT-3: linalg.generic
// CHECK-NOT: compress.
func.func @others(%x: tensor<1x2xi8>) -> (tensor<1x2xf32>, tensor<1x2xf32>, tensor<1x2xf32>) {
  %q = arith.constant dense<[[7, -1]]> : tensor<1x2xi8>
  %z = arith.constant 0.5 : f32
  %s = arith.constant 0.5 : f32
  %e = tensor.empty() : tensor<1x2xf32>
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<1x2xi8>) outs(%e : tensor<1x2xf32>) {
  ^bb0(%a: i8, %o: f32):
    %f = arith.sitofp %a : i8 to f32
    %m = arith.mulf %f, %s : f32
    linalg.yield %m : f32
  } -> tensor<1x2xf32>
  %1 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%q : tensor<1x2xi8>) outs(%e : tensor<1x2xf32>) {
  ^bb0(%a: i8, %o: f32):
    %f = arith.sitofp %a : i8 to f32
    %d0 = arith.subf %f, %z : f32
    %m = arith.mulf %d0, %s : f32
    linalg.yield %m : f32
  } -> tensor<1x2xf32>
  %2 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%q : tensor<1x2xi8>) outs(%e : tensor<1x2xf32>) {
  ^bb0(%a: i8, %o: f32):
    %f = arith.sitofp %a : i8 to f32
    %m = arith.addf %f, %s : f32
    linalg.yield %m : f32
  } -> tensor<1x2xf32>
  return %0, %1, %2 : tensor<1x2xf32>, tensor<1x2xf32>, tensor<1x2xf32>
}
