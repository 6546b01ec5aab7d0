// RUN: compress-opt %s --compress-lower-contractions="vector-width=4 tile-n=8 accumulators=8 dot-length=4" --canonicalize --cse | FileCheck %s --check-prefix=FOUR
// RUN: compress-opt %s --compress-lower-contractions="vector-width=4 tile-n=8 accumulators=8 dot-length=2" --canonicalize --cse | FileCheck %s --check-prefix=TWO
// RUN: compress-opt %s --compress-lower-contractions="vector-width=4 tile-n=8 accumulators=8" | FileCheck %s --check-prefix=ONE

// A processor without such instructions gets none.

// ONE-NOT: llvm.call_intrinsic

// What compress-pack-weights makes of signed bytes: unsigned ones on the left.

// FOUR-LABEL: func.func @bytes
// FOUR:         scf.for %[[K:.*]] = %c0 to %c2
// FOUR:           %[[B:.*]] = vector.load %arg1[%c0, %[[K]], %c0, %c0] : memref<1x2x4x4xi8>, vector<16xi8>
// FOUR:           %[[A:.*]] = vector.load %arg0[%{{.*}}, %[[K]], %c0] : memref<2x2x4xi8>, vector<4xi8>
// FOUR:           %[[WORD:.*]] = vector.bitcast %[[A]] : vector<4xi8> to vector<1xi32>
// FOUR:           %[[X:.*]] = vector.extract %[[WORD]][0]
// FOUR:           %[[ALL:.*]] = vector.broadcast %[[X]] : i32 to vector<4xi32>
// FOUR:           %[[LEFT:.*]] = vector.bitcast %[[ALL]] : vector<4xi32> to vector<16xi8>
// FOUR:           llvm.call_intrinsic "llvm.x86.avx512.vpdpbusd.128"(%{{.*}}, %[[LEFT]], %[[B]])
func.func @bytes(%a: memref<2x2x4xi8>, %b: memref<1x2x4x4xi8>, %c: memref<2x1x4xi32>) {
  linalg.generic {indexing_maps = [affine_map<(m, n, k, j, q) -> (m, k, q)>, affine_map<(m, n, k, j, q) -> (n, k, j, q)>,
                                   affine_map<(m, n, k, j, q) -> (m, n, j)>],
                  iterator_types = ["parallel", "parallel", "reduction", "parallel", "reduction"]}
      ins(%a, %b : memref<2x2x4xi8>, memref<1x2x4x4xi8>) outs(%c : memref<2x1x4xi32>) {
  ^bb0(%x: i8, %w: i8, %acc: i32):
    %0 = arith.extui %x : i8 to i32
    %1 = arith.extsi %w : i8 to i32
    %2 = arith.muli %0, %1 : i32
    %3 = arith.addi %acc, %2 : i32
    linalg.yield %3 : i32
  }
  return
}

// And integers of 16 bits.

// TWO-LABEL: func.func @pairs
// TWO:         %[[SUM:.*]] = llvm.call_intrinsic "llvm.x86.sse2.pmadd.wd"
// TWO:         arith.addi %{{.*}}, %[[SUM]] : vector<4xi32>
func.func @pairs(%a: memref<2x2x2xi16>, %b: memref<1x2x4x2xi16>, %c: memref<2x1x4xi32>) {
  linalg.generic {indexing_maps = [affine_map<(m, n, k, j, q) -> (m, k, q)>, affine_map<(m, n, k, j, q) -> (n, k, j, q)>,
                                   affine_map<(m, n, k, j, q) -> (m, n, j)>],
                  iterator_types = ["parallel", "parallel", "reduction", "parallel", "reduction"]}
      ins(%a, %b : memref<2x2x2xi16>, memref<1x2x4x2xi16>) outs(%c : memref<2x1x4xi32>) {
  ^bb0(%x: i16, %w: i16, %acc: i32):
    %0 = arith.extsi %x : i16 to i32
    %1 = arith.extsi %w : i16 to i32
    %2 = arith.muli %0, %1 : i32
    %3 = arith.addi %acc, %2 : i32
    linalg.yield %3 : i32
  }
  return
}

// A tile of fewer vectors than a panel has.

// FOUR-LABEL: func.func @few
// FOUR:         scf.for %[[COLUMN:.*]] = %c0 to %c8 step %c4
// FOUR:           scf.for %[[K:.*]] = %c0 to %c2
// FOUR:             vector.load %arg1[%c0, %[[K]], %[[COLUMN]], %c0] : memref<1x2x8x4xi8>, vector<16xi8>
func.func @few(%a: memref<8x2x4xi8>, %b: memref<1x2x8x4xi8>, %c: memref<8x1x8xi32>) {
  linalg.generic {indexing_maps = [affine_map<(m, n, k, j, q) -> (m, k, q)>, affine_map<(m, n, k, j, q) -> (n, k, j, q)>,
                                   affine_map<(m, n, k, j, q) -> (m, n, j)>],
                  iterator_types = ["parallel", "parallel", "reduction", "parallel", "reduction"]}
      ins(%a, %b : memref<8x2x4xi8>, memref<1x2x8x4xi8>) outs(%c : memref<8x1x8xi32>) {
  ^bb0(%x: i8, %w: i8, %acc: i32):
    %0 = arith.extui %x : i8 to i32
    %1 = arith.extsi %w : i8 to i32
    %2 = arith.muli %0, %1 : i32
    %3 = arith.addi %acc, %2 : i32
    linalg.yield %3 : i32
  }
  return
}
