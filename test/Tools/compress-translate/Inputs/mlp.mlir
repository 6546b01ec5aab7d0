// A two-layer MLP whose weights are int4 in groups of 128 along the reduced
// dimension, two values a byte, low nibble first.
#kn = affine_map<(k, n) -> (k, n)>
#id = affine_map<(m, n) -> (m, n)>
#row = affine_map<(m, n) -> (n)>
func.func @mlp(%x: tensor<?x768xf32>,
    %w1: tensor<768x256xi8>, %s1: tensor<6x512xf32>, %b1: tensor<512xf32>,
    %w2: tensor<512x5xi8>, %s2: tensor<4x10xf32>, %b2: tensor<10xf32>) -> tensor<?x10xf32> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %m = tensor.dim %x, %c0 : tensor<?x768xf32>
  %e1 = tensor.empty() : tensor<768x512xf32>
  %d1 = linalg.generic {indexing_maps = [#kn], iterator_types = ["parallel", "parallel"]}
      outs(%e1 : tensor<768x512xf32>) {
  ^bb0(%out: f32):
    %k = linalg.index 0 : index
    %n = linalg.index 1 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %c4 = arith.constant 4 : index
    %c128 = arith.constant 128 : index
    %byteCol = arith.divui %n, %c2 : index
    %byte = tensor.extract %w1[%k, %byteCol] : tensor<768x256xi8>
    %odd = arith.andi %n, %c1 : index
    %odd8 = arith.index_cast %odd : index to i8
    %four = arith.constant 4 : i8
    %bits = arith.muli %odd8, %four : i8
    %sh = arith.subi %four, %bits : i8
    %left = arith.shli %byte, %sh : i8
    %q = arith.shrsi %left, %four : i8
    %f = arith.sitofp %q : i8 to f32
    %g = arith.divui %k, %c128 : index
    %s = tensor.extract %s1[%g, %n] : tensor<6x512xf32>
    %v = arith.mulf %f, %s : f32
    linalg.yield %v : f32
  } -> tensor<768x512xf32>
  %o1 = tensor.empty(%m) : tensor<?x512xf32>
  %z1 = linalg.fill ins(%zero : f32) outs(%o1 : tensor<?x512xf32>) -> tensor<?x512xf32>
  %h = linalg.matmul ins(%x, %d1 : tensor<?x768xf32>, tensor<768x512xf32>) outs(%z1 : tensor<?x512xf32>) -> tensor<?x512xf32>
  %r = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%h, %b1 : tensor<?x512xf32>, tensor<512xf32>) outs(%o1 : tensor<?x512xf32>) {
  ^bb0(%a: f32, %b: f32, %out: f32):
    %t = arith.addf %a, %b : f32
    %u = arith.maximumf %t, %zero : f32
    linalg.yield %u : f32
  } -> tensor<?x512xf32>
  %e2 = tensor.empty() : tensor<512x10xf32>
  %d2 = linalg.generic {indexing_maps = [#kn], iterator_types = ["parallel", "parallel"]}
      outs(%e2 : tensor<512x10xf32>) {
  ^bb0(%out: f32):
    %k = linalg.index 0 : index
    %n = linalg.index 1 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %c128 = arith.constant 128 : index
    %byteCol = arith.divui %n, %c2 : index
    %byte = tensor.extract %w2[%k, %byteCol] : tensor<512x5xi8>
    %odd = arith.andi %n, %c1 : index
    %odd8 = arith.index_cast %odd : index to i8
    %four = arith.constant 4 : i8
    %bits = arith.muli %odd8, %four : i8
    %sh = arith.subi %four, %bits : i8
    %left = arith.shli %byte, %sh : i8
    %q = arith.shrsi %left, %four : i8
    %f = arith.sitofp %q : i8 to f32
    %g = arith.divui %k, %c128 : index
    %s = tensor.extract %s2[%g, %n] : tensor<4x10xf32>
    %v = arith.mulf %f, %s : f32
    linalg.yield %v : f32
  } -> tensor<512x10xf32>
  %o2 = tensor.empty(%m) : tensor<?x10xf32>
  %z2 = linalg.fill ins(%zero : f32) outs(%o2 : tensor<?x10xf32>) -> tensor<?x10xf32>
  %y = linalg.matmul ins(%r, %d2 : tensor<?x512xf32>, tensor<512x10xf32>) outs(%z2 : tensor<?x10xf32>) -> tensor<?x10xf32>
  %yb = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%y, %b2 : tensor<?x10xf32>, tensor<10xf32>) outs(%o2 : tensor<?x10xf32>) {
  ^bb0(%a: f32, %b: f32, %out: f32):
    %t = arith.addf %a, %b : f32
    linalg.yield %t : f32
  } -> tensor<?x10xf32>
  return %yb : tensor<?x10xf32>
}
