// RUN: compress-opt %s --split-input-file --compress-fuse-elementwise --compress-tile-for-cpu="tile-n=32 tile-m=16 grain=64" --canonicalize | FileCheck %s

// The weight is decoded inside the loop over panels of columns, and the rows,
// which would decode it again, are not tiled.

// CHECK-LABEL: func.func @decode
// CHECK-NOT:     linalg.generic
// CHECK:         scf.forall (%{{.*}}) = (0) to (128) step (32)
// CHECK:           linalg.generic
// CHECK-SAME:        iterator_types = ["parallel", "parallel"]
// CHECK-SAME:        tensor<8x32xi8>
// CHECK:             arith.sitofp
// CHECK:           linalg.fill
// CHECK:           linalg.generic
// CHECK-SAME:        iterator_types = ["parallel", "parallel", "reduction"]
// CHECK-SAME:        ins(%{{.*}}, %{{.*}} : tensor<64x8xf32>, tensor<8x32xf32>)
// CHECK-NOT:     linalg.generic
func.func @decode(%x: tensor<64x8xf32>, %w: tensor<8x128xi8>) -> tensor<64x128xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<8x128xf32>
  %d = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
      ins(%w : tensor<8x128xi8>) outs(%e : tensor<8x128xf32>) {
  ^bb0(%q: i8, %o: f32):
    %f = arith.sitofp %q : i8 to f32
    linalg.yield %f : f32
  } -> tensor<8x128xf32>
  %o = tensor.empty() : tensor<64x128xf32>
  %fill = linalg.fill ins(%z : f32) outs(%o : tensor<64x128xf32>) -> tensor<64x128xf32>
  %r = linalg.matmul ins(%x, %d : tensor<64x8xf32>, tensor<8x128xf32>) outs(%fill : tensor<64x128xf32>) -> tensor<64x128xf32>
  return %r : tensor<64x128xf32>
}

// -----

// With few panels and nothing to decode, rows are tiled too. The last panel is
// narrower.

// CHECK-LABEL: func.func @rows
// CHECK:         scf.forall (%{{.*}}, %[[J:.*]]) = (0, 0) to (64, 40) step (16, 32)
// CHECK:           affine.min #{{.*}}(%[[J]])
func.func @rows(%x: tensor<64x8xf32>, %w: tensor<8x40xf32>, %out: tensor<64x40xf32>) -> tensor<64x40xf32> {
  %r = linalg.matmul ins(%x, %w : tensor<64x8xf32>, tensor<8x40xf32>) outs(%out : tensor<64x40xf32>) -> tensor<64x40xf32>
  return %r : tensor<64x40xf32>
}

// -----

// CHECK-LABEL: func.func @batch
// CHECK:         scf.forall (%{{.*}}, %{{.*}}) = (0, 0) to (%{{.*}}, 64) step (1, 32)
func.func @batch(%x: tensor<?x4x8xf32>, %y: tensor<?x8x64xf32>, %out: tensor<?x4x64xf32>) -> tensor<?x4x64xf32> {
  %r = linalg.batch_matmul ins(%x, %y : tensor<?x4x8xf32>, tensor<?x8x64xf32>) outs(%out : tensor<?x4x64xf32>) -> tensor<?x4x64xf32>
  return %r : tensor<?x4x64xf32>
}

// -----

// An elementwise op in chunks of the grain, 64 elements; a small one not.

// CHECK-LABEL: func.func @elementwise
// CHECK:         scf.forall (%{{.*}}) = (0) to (100) step (4)
// CHECK:           math.exp
// CHECK:         return
func.func @elementwise(%x: tensor<100x16xf32>) -> tensor<100x16xf32> {
  %e = tensor.empty() : tensor<100x16xf32>
  %r = linalg.exp ins(%x : tensor<100x16xf32>) outs(%e : tensor<100x16xf32>) -> tensor<100x16xf32>
  return %r : tensor<100x16xf32>
}

// CHECK-LABEL: func.func @small
// CHECK-NOT:     scf.forall
// CHECK:         return
func.func @small(%x: tensor<8x8xf32>) -> tensor<8x8xf32> {
  %e = tensor.empty() : tensor<8x8xf32>
  %r = linalg.exp ins(%x : tensor<8x8xf32>) outs(%e : tensor<8x8xf32>) -> tensor<8x8xf32>
  return %r : tensor<8x8xf32>
}

// -----

// An image is computed once, not in each of the tiles whose windows overlap.

// CHECK-LABEL: func.func @image
// CHECK:         math.exp
// CHECK:         scf.forall
// CHECK-NOT:       math.exp
// CHECK:           linalg.generic
// CHECK-SAME:        iterator_types = ["parallel", "parallel", "parallel", "reduction", "reduction"]
// CHECK:         return
func.func @image(%x: tensor<1x2x130xf32>, %w: tensor<8x2x3xf32>, %y: tensor<1x8x128xf32>) -> tensor<1x8x128xf32> {
  %e = tensor.empty() : tensor<1x2x130xf32>
  %a = linalg.exp ins(%x : tensor<1x2x130xf32>) outs(%e : tensor<1x2x130xf32>) -> tensor<1x2x130xf32>
  %r = linalg.conv_1d_ncw_fcw ins(%a, %w : tensor<1x2x130xf32>, tensor<8x2x3xf32>) outs(%y : tensor<1x8x128xf32>) -> tensor<1x8x128xf32>
  return %r : tensor<1x8x128xf32>
}
