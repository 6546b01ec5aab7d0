// RUN: compress-opt %s --split-input-file --verify-diagnostics --linalg-generalize-named-ops --compress-lower-contractions="vector-width=4 tile-n=8 accumulators=8" --canonicalize --cse | FileCheck %s

// Four rows by two vectors of accumulators, which pass through the loop over
// the reduced dimension in registers; the panel of the right-hand side is
// copied first. 9 rows leave one for a lower tile.

// CHECK-LABEL: func.func @full
// CHECK:         scf.for %{{.*}} = %{{.*}} to %c16 step %c8
// CHECK:           %[[PANEL:.*]] = memref.alloc() {alignment = 64 : i64} : memref<5x8xf32>
// CHECK:           scf.for
// CHECK-COUNT-2:     vector.store {{.*}}, %[[PANEL]]
// CHECK:           scf.for %{{.*}} = %{{.*}} to %c8 step %c4
// CHECK-COUNT-8:     vector.load
// CHECK:             scf.for
// CHECK-COUNT-2:       vector.load %[[PANEL]]
// CHECK-COUNT-8:       vector.fma
// CHECK-NOT:           vector.fma
// CHECK:               scf.yield
// CHECK-COUNT-8:     vector.store
// CHECK:           scf.for
// CHECK-COUNT-2:     vector.fma
// CHECK-NOT:         vector.fma
// CHECK:           memref.dealloc %[[PANEL]]
// CHECK-NOT:       vector.mask
func.func @full(%a: memref<9x5xf32>, %b: memref<5x16xf32>, %c: memref<9x16xf32>) {
  linalg.matmul ins(%a, %b : memref<9x5xf32>, memref<5x16xf32>) outs(%c : memref<9x16xf32>)
  return
}

// -----

// Columns that do not fill a tile are masked. One row does not repay a copy.

// CHECK-LABEL: func.func @ragged
// CHECK-NOT:     memref.alloc
// CHECK:         vector.create_mask
// CHECK:         vector.maskedload
// CHECK:         scf.for
// CHECK:           vector.maskedload
// CHECK:         vector.maskedstore
func.func @ragged(%a: memref<1x5xf32>, %b: memref<5x11xf32>, %c: memref<1x11xf32>) {
  linalg.matmul ins(%a, %b : memref<1x5xf32>, memref<5x11xf32>) outs(%c : memref<1x11xf32>)
  return
}

// -----

// Operands are converted as in the op's body.

// CHECK-LABEL: func.func @integers
// CHECK:         arith.extsi {{.*}} : vector<4xi8> to vector<4xi32>
// CHECK:         arith.extsi {{.*}} : i8 to i32
// CHECK:         arith.muli {{.*}} : vector<4xi32>
// CHECK:         arith.addi {{.*}} : vector<4xi32>
func.func @integers(%a: memref<8x5xi8>, %b: memref<5x8xi8>, %c: memref<8x8xi32>) {
  linalg.matmul ins(%a, %b : memref<8x5xi8>, memref<5x8xi8>) outs(%c : memref<8x8xi32>)
  return
}

// -----

// Left alone: few rows times rows, dot products in effect; and a result whose
// innermost dimension is not contiguous.

// CHECK-LABEL: func.func @dots
// CHECK:         linalg.generic
func.func @dots(%a: memref<1x5xf32>, %b: memref<8x5xf32>, %c: memref<1x8xf32>) {
  linalg.matmul indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>]
      ins(%a, %b : memref<1x5xf32>, memref<8x5xf32>) outs(%c : memref<1x8xf32>)
  return
}

// CHECK-LABEL: func.func @strided
// CHECK:         linalg.generic
func.func @strided(%a: memref<8x5xf32>, %b: memref<5x8xf32>, %c: memref<8x8xf32, strided<[16, 2]>>) {
  linalg.matmul ins(%a, %b : memref<8x5xf32>, memref<5x8xf32>) outs(%c : memref<8x8xf32, strided<[16, 2]>>)
  return
}

// -----

// A convolution by its output channels: the window's position is added to the
// index of a row, which a stride moves. The filter is a panel already: it has the
// columns of one tile, row after row.

// CHECK-LABEL: func.func @convolution
// CHECK-NOT:     memref.alloc
// CHECK:         scf.for %[[ROW:.*]] = %c0 to %c16 step %c4
// CHECK:           scf.for %[[K:.*]] = %c0 to %c3
// CHECK:             scf.for %[[C:.*]] = %c0 to %c2
// CHECK:               vector.load %arg1[%[[K]], %[[C]],
// CHECK:               %[[MOVED:.*]] = arith.muli %[[ROW]], %c2
// CHECK:               %[[AT:.*]] = arith.addi %[[MOVED]], %[[K]]
// CHECK:               memref.load %{{.*}}[%{{.*}}, %[[AT]], %[[C]]] : memref<1x33x2xf32>
// CHECK-COUNT-8:       vector.fma
// CHECK-NOT:           vector.fma
// CHECK:               scf.yield
func.func @convolution(%x: memref<1x33x2xf32>, %w: memref<3x2x8xf32>, %y: memref<1x16x8xf32>) {
  linalg.conv_1d_nwc_wcf {strides = dense<2> : tensor<1xi64>} ins(%x, %w : memref<1x33x2xf32>, memref<3x2x8xf32>) outs(%y : memref<1x16x8xf32>)
  return
}

// A few rows are one tile, of fewer vectors, so that what is on the right is read
// once.

// CHECK-LABEL: func.func @few
// CHECK:         scf.for %[[COLUMN:.*]] = %c0 to %c8 step %c4
// CHECK:           scf.for
// CHECK-COUNT-8:     vector.fma
// CHECK-NOT:         vector.fma
// CHECK:             scf.yield
func.func @few(%a: memref<8x5xf32>, %b: memref<5x8xf32>, %c: memref<8x8xf32>) {
  linalg.matmul ins(%a, %b : memref<8x5xf32>, memref<5x8xf32>) outs(%c : memref<8x8xf32>)
  return
}

// -----

// By positions: the image is copied into the panel, window by window, in vectors
// where they are contiguous.

// CHECK-LABEL: func.func @positions
// CHECK:         scf.for %[[COLUMN:.*]] = %c0 to %c16 step %c8
// CHECK:           memref.alloc() {alignment = 64 : i64} : memref<2x3x8xf32>
// CHECK:           scf.for %[[C:.*]] = %c0 to %c2
// CHECK:             scf.for %[[K:.*]] = %c0 to %c3
// CHECK:               %[[AT:.*]] = arith.addi %[[COLUMN]], %[[K]]
// CHECK:               vector.load %{{.*}}[%{{.*}}, %[[C]], %[[AT]]] : memref<1x2x18xf32>
// CHECK:               vector.store %{{.*}}[%[[C]], %[[K]],
// CHECK-COUNT-8:     vector.fma
func.func @positions(%x: memref<1x2x18xf32>, %w: memref<8x2x3xf32>, %y: memref<1x8x16xf32>) {
  linalg.conv_1d_ncw_fcw ins(%x, %w : memref<1x2x18xf32>, memref<8x2x3xf32>) outs(%y : memref<1x8x16xf32>)
  return
}

// -----

// A reduced dimension that the left-hand side lacks.

// CHECK-LABEL: func.func @point
// CHECK:         scf.for %{{.*}} = %c0 to %c8 step %c4
// CHECK:         scf.for %[[C:.*]] = %c0 to %c2
// CHECK:           memref.load %{{.*}}[%{{.*}}, %[[C]]] : memref<8x2xf32>
// CHECK-COUNT-8:   vector.fma
func.func @point(%x: memref<8x2xf32>, %w: memref<1x2x8xf32>, %y: memref<8x8xf32>) {
  linalg.generic {indexing_maps = [affine_map<(m, n, k, c) -> (m, c)>, affine_map<(m, n, k, c) -> (k, c, n)>, affine_map<(m, n, k, c) -> (m, n)>],
                  iterator_types = ["parallel", "parallel", "reduction", "reduction"]}
      ins(%x, %w : memref<8x2xf32>, memref<1x2x8xf32>) outs(%y : memref<8x8xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %p = arith.mulf %a, %b : f32
    %s = arith.addf %o, %p : f32
    linalg.yield %s : f32
  }
  return
}

// -----

// A scalar times a sum is no contraction.

// CHECK-LABEL: func.func @scaled_sum
// CHECK:         linalg.generic
func.func @scaled_sum(%s: f32, %w: memref<2x8xf32>, %y: memref<8xf32>) {
  linalg.generic {indexing_maps = [affine_map<(n, k) -> ()>, affine_map<(n, k) -> (k, n)>, affine_map<(n, k) -> (n)>], iterator_types = ["parallel", "reduction"]}
      ins(%s, %w : f32, memref<2x8xf32>) outs(%y : memref<8xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %p = arith.mulf %a, %b : f32
    %q = arith.addf %o, %p : f32
    linalg.yield %q : f32
  }
  return
}
