// RUN: compress-opt %s --compress-lower-contractions="vector-width=16 tile-n=32 accumulators=2" --canonicalize --cse | FileCheck %s
// RUN: compress-opt %s --compress-lower-contractions="vector-width=8 tile-n=32 accumulators=4" --canonicalize --cse | FileCheck %s --check-prefix=EIGHT
// RUN: compress-opt %s --compress-lower-contractions="vector-width=4 tile-n=32 accumulators=8" --canonicalize --cse | FileCheck %s --check-prefix=FOUR

// A product that decodes: the codes of a word of each column are a vector's lanes,
// shifted and looked up, and later ones are prefetched; a scale multiplies the sum of
// its group. Three rows of two vectors do not fit into two accumulators: tiles of a row.

// CHECK-LABEL: func @product(
// CHECK-SAME: %[[X:.+]]: memref<3x2x4x8xf32>, %[[CODES:.+]]: memref<1x2x4x32xi32>, %[[SCALES:.+]]: memref<1x2x32xf16>, %[[Y:.+]]: memref<3x1x32xf32>
// CHECK: %[[TABLE:.+]] = arith.constant dense<[0.000000e+00, {{.+}}]> : vector<16xf32>
// CHECK: scf.for %[[ROW:.+]] = %c0 to %c3 step %c1
// CHECK:   scf.for %[[GROUP:.+]] = %c0 to %c2
// CHECK:     vector.load %[[SCALES]][%{{.+}}, %[[GROUP]], %c0]
// CHECK:     arith.extf %{{.+}} : vector<16xf16> to vector<16xf32>
// CHECK:     %[[SUMS:.+]]:2 = scf.for %[[WORD:.+]] = %c0 to %c4
// CHECK:       %[[W:.+]] = vector.load %[[CODES]][%{{.+}}, %[[GROUP]], %[[WORD]], %c0] : memref<1x2x4x32xi32>, vector<16xi32>
// CHECK:       memref.prefetch %[[CODES]][%{{.+}}, %[[GROUP]], %{{.+}}, %c16], read
// CHECK:       memref.load %[[X]][%[[ROW]], %[[GROUP]], %[[WORD]], %c0]
// CHECK:       llvm.call_intrinsic "llvm.x86.avx512.permvar.sf.512"(%[[TABLE]], %[[W]])
// CHECK:       %[[SHIFTED:.+]] = arith.shrui %[[W]], %{{.+}} : vector<16xi32>
// CHECK:       llvm.call_intrinsic "llvm.x86.avx512.permvar.sf.512"(%[[TABLE]], %[[SHIFTED]])
// CHECK-COUNT-14: vector.fma
// CHECK:     vector.load %[[Y]][%[[ROW]], %{{.+}}, %c0]
// CHECK:     vector.fma %[[SUMS]]#0,
// CHECK:     vector.store
//
// Two tables of eight.
// EIGHT-LABEL: func @product(
// EIGHT-DAG: arith.constant dense<[0.000000e+00, {{.*}}7.000000e+00]> : vector<8xf32>
// EIGHT-DAG: arith.constant dense<[-8.000000e+00, {{.*}}-1.000000e+00]> : vector<8xf32>
// EIGHT: llvm.call_intrinsic "llvm.x86.avx2.permps"
// EIGHT: arith.select %{{.+}}, %{{.+}}, %{{.+}} : vector<8xi1>, vector<8xf32>
//
// Comparisons.
// FOUR-LABEL: func @product(
// FOUR-NOT: call_intrinsic
// FOUR: arith.cmpi eq, %{{.+}}, %{{.+}} : vector<4xi32>
func.func @product(%x: memref<3x2x4x8xf32>, %codes: memref<1x2x4x32xi32>, %scales: memref<1x2x32xf16>, %y: memref<3x1x32xf32>) {
  %table = arith.constant dense<[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, -8.0, -7.0, -6.0, -5.0, -4.0, -3.0, -2.0, -1.0]> : vector<16xf32>
  %c4 = arith.constant 4 : i32
  %c15 = arith.constant 15 : i32
  linalg.generic {indexing_maps = [affine_map<(m, n, g, w, c, j) -> (m, g, w, c)>, affine_map<(m, n, g, w, c, j) -> (n, g, w, j)>,
                                   affine_map<(m, n, g, w, c, j) -> (n, g, j)>, affine_map<(m, n, g, w, c, j) -> (m, n, j)>],
                  iterator_types = ["parallel", "parallel", "reduction", "reduction", "reduction", "parallel"]}
      ins(%x, %codes, %scales : memref<3x2x4x8xf32>, memref<1x2x4x32xi32>, memref<1x2x32xf16>) outs(%y : memref<3x1x32xf32>) {
  ^bb0(%a: f32, %word: i32, %scale: f16, %sum: f32):
    %0 = linalg.index 4 : index
    %1 = arith.index_castui %0 : index to i32
    %2 = arith.muli %1, %c4 : i32
    %3 = arith.shrui %word, %2 : i32
    %4 = arith.andi %3, %c15 : i32
    %5 = arith.index_castui %4 : i32 to index
    %6 = vector.extract %table[%5] : f32 from vector<16xf32>
    %7 = arith.extf %scale : f16 to f32
    %8 = arith.mulf %6, %7 : f32
    %9 = arith.mulf %a, %8 : f32
    %10 = arith.addf %sum, %9 : f32
    linalg.yield %10 : f32
  }
  return
}

// A decode of the same weight: the scale multiplies each value.

// CHECK-LABEL: func @decode(
// CHECK: scf.for %[[GROUP:.+]] = %c0 to %c2
// CHECK:   %[[SCALE:.+]] = arith.extf
// CHECK:   scf.for %[[WORD:.+]] = %c0 to %c4
// CHECK:     %[[Q:.+]] = llvm.call_intrinsic "llvm.x86.avx512.permvar.sf.512"
// CHECK:     %[[V:.+]] = arith.mulf %[[Q]], %[[SCALE]] : vector<16xf32>
// CHECK:     vector.store %[[V]], %{{.+}}[%{{.+}}, %[[GROUP]], %[[WORD]], %c0, %c0]
func.func @decode(%codes: memref<1x2x4x16xi32>, %scales: memref<1x2x16xf16>, %y: memref<1x2x4x8x16xf32>) {
  %table = arith.constant dense<[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, -8.0, -7.0, -6.0, -5.0, -4.0, -3.0, -2.0, -1.0]> : vector<16xf32>
  %c4 = arith.constant 4 : i32
  %c15 = arith.constant 15 : i32
  linalg.generic {indexing_maps = [affine_map<(n, g, w, c, j) -> (n, g, w, j)>, affine_map<(n, g, w, c, j) -> (n, g, j)>,
                                   affine_map<(n, g, w, c, j) -> (n, g, w, c, j)>],
                  iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]}
      ins(%codes, %scales : memref<1x2x4x16xi32>, memref<1x2x16xf16>) outs(%y : memref<1x2x4x8x16xf32>) {
  ^bb0(%word: i32, %scale: f16, %out: f32):
    %0 = linalg.index 3 : index
    %1 = arith.index_castui %0 : index to i32
    %2 = arith.muli %1, %c4 : i32
    %3 = arith.shrui %word, %2 : i32
    %4 = arith.andi %3, %c15 : i32
    %5 = arith.index_castui %4 : i32 to index
    %6 = vector.extract %table[%5] : f32 from vector<16xf32>
    %7 = arith.extf %scale : f16 to f32
    %8 = arith.mulf %6, %7 : f32
    linalg.yield %8 : f32
  }
  return
}

// Reduced loops that lie side by side in all operands are one loop.

// CHECK-LABEL: func @collapsed(
// CHECK: memref.collapse_shape %{{.+}} {{\[}}[0], [1, 2, 3]] : memref<2x2x4x8xf32> into memref<2x64xf32>
// CHECK: scf.for %{{.+}} = %c0 to %c64
func.func @collapsed(%x: memref<2x2x4x8xf32>, %w: memref<1x2x4x8x16xf32>, %y: memref<2x1x16xf32>) {
  linalg.generic {indexing_maps = [affine_map<(m, n, g, w, c, j) -> (m, g, w, c)>, affine_map<(m, n, g, w, c, j) -> (n, g, w, c, j)>,
                                   affine_map<(m, n, g, w, c, j) -> (m, n, j)>],
                  iterator_types = ["parallel", "parallel", "reduction", "reduction", "reduction", "parallel"]}
      ins(%x, %w : memref<2x2x4x8xf32>, memref<1x2x4x8x16xf32>) outs(%y : memref<2x1x16xf32>) {
  ^bb0(%a: f32, %b: f32, %sum: f32):
    %0 = arith.mulf %a, %b : f32
    %1 = arith.addf %sum, %0 : f32
    linalg.yield %1 : f32
  }
  return
}

// Left to loops: bodies that need the index of another loop, the other operand, or what
// is added to, to decode.

#x = affine_map<(m, n, g, w, c, j) -> (m, g, w, c)>
#w = affine_map<(m, n, g, w, c, j) -> (n, g, w, j)>
#s = affine_map<(m, n, g, w, c, j) -> (n, g, j)>
#y = affine_map<(m, n, g, w, c, j) -> (m, n, j)>

// CHECK-LABEL: func @others(
// CHECK-NOT: vector.fma
// CHECK-COUNT-3: linalg.generic
func.func @others(%x: memref<3x2x4x1xf32>, %codes: memref<1x2x4x32xf32>, %scales: memref<1x2x32xf32>, %y: memref<3x1x32xf32>) {
  linalg.generic {indexing_maps = [#x, #w, #s, #y], iterator_types = ["parallel", "parallel", "reduction", "reduction", "reduction", "parallel"]}
      ins(%x, %codes, %scales : memref<3x2x4x1xf32>, memref<1x2x4x32xf32>, memref<1x2x32xf32>) outs(%y : memref<3x1x32xf32>) {
  ^bb0(%a: f32, %code: f32, %scale: f32, %sum: f32):
    %0 = linalg.index 3 : index
    %1 = arith.index_cast %0 : index to i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = arith.addf %code, %2 : f32
    %4 = arith.mulf %3, %scale : f32
    %5 = arith.mulf %a, %4 : f32
    %6 = arith.addf %sum, %5 : f32
    linalg.yield %6 : f32
  }
  linalg.generic {indexing_maps = [#x, #w, #s, #y], iterator_types = ["parallel", "parallel", "reduction", "reduction", "reduction", "parallel"]}
      ins(%x, %codes, %scales : memref<3x2x4x1xf32>, memref<1x2x4x32xf32>, memref<1x2x32xf32>) outs(%y : memref<3x1x32xf32>) {
  ^bb0(%a: f32, %code: f32, %scale: f32, %sum: f32):
    %0 = arith.addf %code, %a : f32
    %1 = arith.mulf %0, %scale : f32
    %2 = arith.mulf %a, %1 : f32
    %3 = arith.addf %sum, %2 : f32
    linalg.yield %3 : f32
  }
  linalg.generic {indexing_maps = [#x, #w, #s, #y], iterator_types = ["parallel", "parallel", "reduction", "reduction", "reduction", "parallel"]}
      ins(%x, %codes, %scales : memref<3x2x4x1xf32>, memref<1x2x4x32xf32>, memref<1x2x32xf32>) outs(%y : memref<3x1x32xf32>) {
  ^bb0(%a: f32, %code: f32, %scale: f32, %sum: f32):
    %0 = arith.addf %code, %sum : f32
    %1 = arith.mulf %0, %scale : f32
    %2 = arith.mulf %a, %1 : f32
    %3 = arith.addf %sum, %2 : f32
    linalg.yield %3 : f32
  }
  return
}
