// Recognized weights are what their generics compute, bit for bit.

// RUN: compress-opt %s --compress-import-qdq -o %t.mlir
// RUN: FileCheck %s --check-prefix=FOUND < %t.mlir
// RUN: compress-run %t.mlir --reference=%s | FileCheck %s
// FOUND-COUNT-3: compress.decode
// CHECK-COUNT-3: {{^ *}}out{{.}} {{ *}}0 {{ *}}inf

#id = affine_map<(i, j) -> (i, j)>
#col = affine_map<(i, j) -> (j)>
#id3 = affine_map<(o, g, s) -> (o, g, s)>
#group = affine_map<(o, g, s) -> (o, g)>

func.func @main() -> (tensor<2x3xf16>, tensor<2x3xbf16>, tensor<2x4xf32>) {
  %q = arith.constant dense<[[255, 0, 7], [128, 127, 200]]> : tensor<2x3xi8>
  %z = arith.constant dense<[130, 1, 255]> : tensor<3xi8>
  %s = arith.constant dense<[0.3, 0.7, 1.1]> : tensor<3xf16>
  %e0 = tensor.empty() : tensor<2x3xf16>
  %0 = linalg.generic {indexing_maps = [#id, #col, #col, #id], iterator_types = ["parallel", "parallel"]}
      ins(%q, %z, %s : tensor<2x3xi8>, tensor<3xi8>, tensor<3xf16>) outs(%e0 : tensor<2x3xf16>) {
  ^bb0(%a: i8, %b: i8, %c: f16, %o: f16):
    %ai = arith.extui %a : i8 to i32
    %bi = arith.extui %b : i8 to i32
    %d = arith.subi %ai, %bi : i32
    %f = arith.sitofp %d : i32 to f16
    %m = arith.mulf %f, %c : f16
    linalg.yield %m : f16
  } -> tensor<2x3xf16>

  %zb = arith.constant -128.0 : bf16
  %sb = arith.constant 0.3 : bf16
  %e1 = tensor.empty() : tensor<2x3xbf16>
  %1 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%q : tensor<2x3xi8>) outs(%e1 : tensor<2x3xbf16>) {
  ^bb0(%a: i8, %o: bf16):
    %f = arith.sitofp %a : i8 to bf16
    %d = arith.subf %f, %zb : bf16
    %m = arith.mulf %d, %sb : bf16
    linalg.yield %m : bf16
  } -> tensor<2x3xbf16>

  %g = arith.constant dense<[[[1, -2], [3, 4]], [[5, 6], [7, -8]]]> : tensor<2x2x2xi8>
  %sg = arith.constant dense<[[0.3, 0.7], [1.1, 1.3]]> : tensor<2x2xf32>
  %e2 = tensor.empty() : tensor<2x2x2xf32>
  %2 = linalg.generic {indexing_maps = [#id3, #group, #id3], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%g, %sg : tensor<2x2x2xi8>, tensor<2x2xf32>) outs(%e2 : tensor<2x2x2xf32>) {
  ^bb0(%a: i8, %b: f32, %o: f32):
    %f = arith.sitofp %a : i8 to f32
    %m = arith.mulf %f, %b : f32
    linalg.yield %m : f32
  } -> tensor<2x2x2xf32>
  %3 = tensor.collapse_shape %2 [[0], [1, 2]] : tensor<2x2x2xf32> into tensor<2x4xf32>
  return %0, %1, %3 : tensor<2x3xf16>, tensor<2x3xbf16>, tensor<2x4xf32>
}
