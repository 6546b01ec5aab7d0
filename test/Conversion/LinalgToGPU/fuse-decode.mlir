// RUN: compress-opt %s --split-input-file \
// RUN:   --pass-pipeline='builtin.module(func.func(compress-fuse-elementwise,compress-fuse-decode))' \
// RUN:   | FileCheck %s

#id = affine_map<(k, n) -> (k, n)>

// One decode, read by two contractions: each of them decodes for itself, and
// starts from a fill of its own.

// CHECK-LABEL: func @shared
// CHECK-SAME:    %[[X:.*]]: tensor<?x64xf32>, %[[W:.*]]: tensor<64x32xi8>, %[[S:.*]]: tensor<32xf32>
// CHECK-NOT:     tensor.empty() : tensor<64x32xf32>
// CHECK:         %[[Z0:.*]] = linalg.fill
// CHECK:         %[[Z1:.*]] = linalg.fill
// CHECK:         %[[A:.*]] = linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "reduction"]
// CHECK-SAME:      ins(%[[X]] : tensor<?x64xf32>) outs(%[[Z1]] :
// CHECK:           %[[Q:.*]] = tensor.extract %[[W]]
// CHECK:           arith.sitofp %[[Q]]
// CHECK:           tensor.extract %[[S]]
// CHECK:         %[[B:.*]] = linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "reduction"]
// CHECK-SAME:      outs(%[[Z0]] :
// CHECK:           tensor.extract %[[W]]
// CHECK:           arith.sitofp
// CHECK:         return %[[A]], %[[B]]
func.func @shared(%x: tensor<?x64xf32>, %w: tensor<64x32xi8>, %s: tensor<32xf32>)
    -> (tensor<?x32xf32>, tensor<?x32xf32>) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %m = tensor.dim %x, %c0 : tensor<?x64xf32>
  %e = tensor.empty() : tensor<64x32xf32>
  %d = linalg.generic {indexing_maps = [#id], iterator_types = ["parallel", "parallel"]}
      outs(%e : tensor<64x32xf32>) {
  ^bb0(%out: f32):
    %k = linalg.index 0 : index
    %n = linalg.index 1 : index
    %q = tensor.extract %w[%k, %n] : tensor<64x32xi8>
    %f = arith.sitofp %q : i8 to f32
    %sn = tensor.extract %s[%n] : tensor<32xf32>
    %v = arith.mulf %f, %sn : f32
    linalg.yield %v : f32
  } -> tensor<64x32xf32>
  %o = tensor.empty(%m) : tensor<?x32xf32>
  %z = linalg.fill ins(%zero : f32) outs(%o : tensor<?x32xf32>) -> tensor<?x32xf32>
  %a = linalg.matmul ins(%x, %d : tensor<?x64xf32>, tensor<64x32xf32>) outs(%z : tensor<?x32xf32>) -> tensor<?x32xf32>
  %x2 = linalg.exp ins(%x : tensor<?x64xf32>) outs(%x : tensor<?x64xf32>) -> tensor<?x64xf32>
  %b = linalg.matmul ins(%x2, %d : tensor<?x64xf32>, tensor<64x32xf32>) outs(%z : tensor<?x32xf32>) -> tensor<?x32xf32>
  return %a, %b : tensor<?x32xf32>, tensor<?x32xf32>
}

// -----

#id = affine_map<(n, k) -> (n, k)>

// A decode behind a transpose and a reshape.

// CHECK-LABEL: func @transposed
// CHECK-SAME:    %[[X:.*]]: tensor<8x64xf32>, %[[W:.*]]: tensor<32x64xi8>
// CHECK-NOT:     linalg.transpose
// CHECK-NOT:     iterator_types = ["parallel", "parallel"]
// CHECK:         linalg.generic {{.*}}"reduction"
// CHECK:           tensor.extract %[[W]]
// CHECK:           arith.sitofp
// CHECK-NOT:     linalg.generic
func.func @transposed(%x: tensor<8x64xf32>, %w: tensor<32x64xi8>) -> tensor<8x32xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<32x64xf32>
  %d = linalg.generic {indexing_maps = [#id], iterator_types = ["parallel", "parallel"]}
      outs(%e : tensor<32x64xf32>) {
  ^bb0(%out: f32):
    %n = linalg.index 0 : index
    %k = linalg.index 1 : index
    %q = tensor.extract %w[%n, %k] : tensor<32x64xi8>
    %f = arith.sitofp %q : i8 to f32
    linalg.yield %f : f32
  } -> tensor<32x64xf32>
  %te = tensor.empty() : tensor<64x32xf32>
  %t = linalg.transpose ins(%d : tensor<32x64xf32>) outs(%te : tensor<64x32xf32>) permutation = [1, 0]
  %o = tensor.empty() : tensor<8x32xf32>
  %z = linalg.fill ins(%zero : f32) outs(%o : tensor<8x32xf32>) -> tensor<8x32xf32>
  %y = linalg.matmul ins(%x, %t : tensor<8x64xf32>, tensor<64x32xf32>) outs(%z : tensor<8x32xf32>) -> tensor<8x32xf32>
  return %y : tensor<8x32xf32>
}

// -----

#id3 = affine_map<(a, b, c) -> (a, b, c)>

// CHECK-LABEL: func @collapsed
// CHECK-SAME:    %[[X:.*]]: tensor<8x64xf32>, %[[W:.*]]: tensor<64x4x8xi8>
// CHECK-NOT:     iterator_types = ["parallel", "parallel", "parallel"]
// CHECK:         linalg.generic {{.*}}"reduction"
// CHECK:           tensor.extract %[[W]]
// CHECK:           arith.sitofp
// CHECK-NOT:     linalg.generic
func.func @collapsed(%x: tensor<8x64xf32>, %w: tensor<64x4x8xi8>) -> tensor<8x32xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<64x4x8xf32>
  %d = linalg.generic {indexing_maps = [#id3], iterator_types = ["parallel", "parallel", "parallel"]}
      outs(%e : tensor<64x4x8xf32>) {
  ^bb0(%out: f32):
    %a = linalg.index 0 : index
    %b = linalg.index 1 : index
    %c = linalg.index 2 : index
    %q = tensor.extract %w[%a, %b, %c] : tensor<64x4x8xi8>
    %f = arith.sitofp %q : i8 to f32
    linalg.yield %f : f32
  } -> tensor<64x4x8xf32>
  %t = tensor.collapse_shape %d [[0], [1, 2]] : tensor<64x4x8xf32> into tensor<64x32xf32>
  %o = tensor.empty() : tensor<8x32xf32>
  %z = linalg.fill ins(%zero : f32) outs(%o : tensor<8x32xf32>) -> tensor<8x32xf32>
  %y = linalg.matmul ins(%x, %t : tensor<8x64xf32>, tensor<64x32xf32>) outs(%z : tensor<8x32xf32>) -> tensor<8x32xf32>
  return %y : tensor<8x32xf32>
}

// -----

#id = affine_map<(m, k) -> (m, k)>

// An activation is computed once, not once per column: its producer stays, be
// it expensive (exp of an argument) or the successor of another op.

// CHECK-LABEL: func @activation
// CHECK:         linalg.generic
// CHECK:           math.exp
// CHECK:         linalg.generic {{.*}}"reduction"
// CHECK-NOT:       math.exp
// CHECK:         linalg.generic {{.*}} iterator_types = ["parallel", "parallel"]
// CHECK:           arith.maximumf
// CHECK:         linalg.generic {{.*}}"reduction"
// CHECK-NOT:       arith.maximumf
func.func @activation(%x: tensor<8x64xf32>, %w: tensor<64x64xf32>) -> tensor<8x64xf32> {
  %zero = arith.constant 0.0 : f32
  %o = tensor.empty() : tensor<8x64xf32>
  %z = linalg.fill ins(%zero : f32) outs(%o : tensor<8x64xf32>) -> tensor<8x64xf32>
  %e = linalg.exp ins(%x : tensor<8x64xf32>) outs(%o : tensor<8x64xf32>) -> tensor<8x64xf32>
  %h = linalg.matmul ins(%e, %w : tensor<8x64xf32>, tensor<64x64xf32>) outs(%z : tensor<8x64xf32>) -> tensor<8x64xf32>
  %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%h : tensor<8x64xf32>) outs(%o : tensor<8x64xf32>) {
  ^bb0(%a: f32, %out: f32):
    %t = arith.maximumf %a, %zero : f32
    linalg.yield %t : f32
  } -> tensor<8x64xf32>
  %y = linalg.matmul ins(%r, %w : tensor<8x64xf32>, tensor<64x64xf32>) outs(%z : tensor<8x64xf32>) -> tensor<8x64xf32>
  return %y : tensor<8x64xf32>
}

// -----

#id = affine_map<(k, n) -> (k, n)>

// Each tile of so many rows would decode the weight again: it is decoded before.

// CHECK-LABEL: func @many_rows
// CHECK:         %[[W:.*]] = linalg.generic {{.*}} iterator_types = ["parallel", "parallel"]
// CHECK:           arith.sitofp
// CHECK:         linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "reduction"]
// CHECK-SAME:      ins(%{{.*}}, %[[W]] :
// CHECK-NOT:       sitofp
// CHECK:         return
func.func @many_rows(%x: tensor<4096x2048xf16>, %w: tensor<2048x2048xi8>) -> tensor<4096x2048xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<2048x2048xf16>
  %d = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%w : tensor<2048x2048xi8>) outs(%e : tensor<2048x2048xf16>) {
  ^bb0(%q: i8, %out: f16):
    %f = arith.sitofp %q : i8 to f16
    linalg.yield %f : f16
  } -> tensor<2048x2048xf16>
  %o = tensor.empty() : tensor<4096x2048xf32>
  %z = linalg.fill ins(%zero : f32) outs(%o : tensor<4096x2048xf32>) -> tensor<4096x2048xf32>
  %a = linalg.matmul ins(%x, %d : tensor<4096x2048xf16>, tensor<2048x2048xf16>) outs(%z : tensor<4096x2048xf32>) -> tensor<4096x2048xf32>
  return %a : tensor<4096x2048xf32>
}

// -----

#id = affine_map<(k, n) -> (k, n)>

// Few rows are one tile.

// CHECK-LABEL: func @few_rows
// CHECK-NOT:     iterator_types = ["parallel", "parallel"]
// CHECK:         linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "reduction"]
// CHECK:           sitofp
// CHECK:         return
func.func @few_rows(%x: tensor<16x2048xf16>, %w: tensor<2048x2048xi8>) -> tensor<16x2048xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<2048x2048xf16>
  %d = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%w : tensor<2048x2048xi8>) outs(%e : tensor<2048x2048xf16>) {
  ^bb0(%q: i8, %out: f16):
    %f = arith.sitofp %q : i8 to f16
    linalg.yield %f : f16
  } -> tensor<2048x2048xf16>
  %o = tensor.empty() : tensor<16x2048xf32>
  %z = linalg.fill ins(%zero : f32) outs(%o : tensor<16x2048xf32>) -> tensor<16x2048xf32>
  %a = linalg.matmul ins(%x, %d : tensor<16x2048xf16>, tensor<2048x2048xf16>) outs(%z : tensor<16x2048xf32>) -> tensor<16x2048xf32>
  return %a : tensor<16x2048xf32>
}

// -----

#id = affine_map<(m, k) -> (m, k)>

// An extension of f16 alone must not keep a product from tensor cores.

// CHECK-LABEL: func @extension
// CHECK-NOT:     iterator_types = ["parallel", "parallel"]
// CHECK:         linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "reduction"]
// CHECK:           extf
// CHECK:         return
func.func @extension(%x: tensor<4096x2048xf16>, %w: tensor<2048x2048xf32>) -> tensor<4096x2048xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4096x2048xf32>
  %d = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<4096x2048xf16>) outs(%e : tensor<4096x2048xf32>) {
  ^bb0(%q: f16, %out: f32):
    %f = arith.extf %q : f16 to f32
    linalg.yield %f : f32
  } -> tensor<4096x2048xf32>
  %o = tensor.empty() : tensor<4096x2048xf32>
  %z = linalg.fill ins(%zero : f32) outs(%o : tensor<4096x2048xf32>) -> tensor<4096x2048xf32>
  %a = linalg.matmul ins(%d, %w : tensor<4096x2048xf32>, tensor<2048x2048xf32>) outs(%z : tensor<4096x2048xf32>) -> tensor<4096x2048xf32>
  return %a : tensor<4096x2048xf32>
}

// -----

// A schedule that was written by hand stays.

// CHECK-LABEL: func @schedule
// CHECK:         linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "reduction"]
// CHECK-SAME:      attrs = {compress_kernel.schedule = #compress_kernel.mma_sync<tile = [16, 64, 64], warps = [1, 4], stages = 3>}
// CHECK:           sitofp
// CHECK-NOT:     linalg.generic
func.func @schedule(%x: tensor<?x64xf16>, %w: tensor<64x64xi8>, %o: tensor<?x64xf32>) -> tensor<?x64xf32> {
  %e = tensor.empty() : tensor<64x64xf16>
  %d = linalg.generic {indexing_maps = [affine_map<(k, n) -> (k, n)>, affine_map<(k, n) -> (k, n)>], iterator_types = ["parallel", "parallel"]}
      ins(%w : tensor<64x64xi8>) outs(%e : tensor<64x64xf16>) {
  ^bb0(%q: i8, %out: f16):
    %f = arith.sitofp %q : i8 to f16
    linalg.yield %f : f16
  } -> tensor<64x64xf16>
  %a = linalg.matmul {compress_kernel.schedule = #compress_kernel.mma_sync<tile = [16, 64, 64], warps = [1, 4], stages = 3>}
      ins(%x, %d : tensor<?x64xf16>, tensor<64x64xf16>) outs(%o : tensor<?x64xf32>) -> tensor<?x64xf32>
  return %a : tensor<?x64xf32>
}

// -----

// A reader behind a reshape takes an extent from the decode, before where the fused
// op stands: that use of the decode stays.

// CHECK-LABEL: func @dynamic_reshape
// CHECK-SAME:    %{{.*}}: tensor<?x8xf32>, %[[W:.*]]: tensor<?x6x8xi8>
// CHECK:         %[[D:.*]] = linalg.generic {{.*}} ins(%[[W]] :
// CHECK:         tensor.dim %[[D]]
// CHECK:         %[[FUSED:.*]] = linalg.generic {{.*}} ins(%{{.*}}, %[[W]] :
// CHECK:           arith.sitofp
// CHECK-NEXT:      arith.mulf
// CHECK:         %[[Y:.*]] = tensor.collapse_shape %[[FUSED]]
// CHECK:         return %[[Y]]
func.func @dynamic_reshape(%x: tensor<?x8xf32>, %w: tensor<?x6x8xi8>) -> tensor<?x8xf32> {
  %c0 = arith.constant 0 : index
  %g = tensor.dim %w, %c0 : tensor<?x6x8xi8>
  %e = tensor.empty(%g) : tensor<?x6x8xf32>
  %d = linalg.generic {indexing_maps = [affine_map<(a, b, c) -> (a, b, c)>, affine_map<(a, b, c) -> (a, b, c)>],
                       iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%w : tensor<?x6x8xi8>) outs(%e : tensor<?x6x8xf32>) {
  ^bb0(%q: i8, %out: f32):
    %f = arith.sitofp %q : i8 to f32
    linalg.yield %f : f32
  } -> tensor<?x6x8xf32>
  %t = tensor.collapse_shape %d [[0, 1], [2]] : tensor<?x6x8xf32> into tensor<?x8xf32>
  %m = tensor.dim %x, %c0 : tensor<?x8xf32>
  %o = tensor.empty(%m) : tensor<?x8xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(m, k) -> (m, k)>, affine_map<(m, k) -> (m, k)>, affine_map<(m, k) -> (m, k)>],
                       iterator_types = ["parallel", "parallel"]}
      ins(%x, %t : tensor<?x8xf32>, tensor<?x8xf32>) outs(%o : tensor<?x8xf32>) {
  ^bb0(%a: f32, %b: f32, %out: f32):
    %p = arith.mulf %a, %b : f32
    linalg.yield %p : f32
  } -> tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}
