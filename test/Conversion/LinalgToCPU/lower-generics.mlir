// RUN: compress-opt %s --split-input-file --compress-lower-generics --canonicalize | FileCheck %s

// The sum of a row stays in a register.

// CHECK-LABEL: func.func @sum(
// CHECK-SAME:    %[[IN:.*]]: memref<4x8xf32>, %[[OUT:.*]]: memref<4xf32>
// CHECK:         scf.for %[[I:.*]] =
// CHECK:           %[[START:.*]] = memref.load %[[OUT]][%[[I]]]
// CHECK:           %[[SUM:.*]] = scf.for %[[J:.*]] = {{.*}} iter_args(%[[ACC:.*]] = %[[START]])
// CHECK:             %[[ELEMENT:.*]] = memref.load %[[IN]][%[[I]], %[[J]]]
// CHECK:             arith.addf %[[ACC]], %[[ELEMENT]] fastmath<reassoc>
// CHECK:           memref.store %[[SUM]], %[[OUT]][%[[I]]]
func.func @sum(%in: memref<4x8xf32>, %out: memref<4xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]}
      ins(%in : memref<4x8xf32>) outs(%out : memref<4xf32>) {
  ^bb0(%x: f32, %acc: f32):
    %s = arith.addf %acc, %x : f32
    linalg.yield %s : f32
  }
  return
}

// -----

// A sum of columns walks rows: the accumulators stay in memory.

// CHECK-LABEL: func.func @columns
// CHECK:         scf.for
// CHECK:           scf.for
// CHECK-NOT:         iter_args
// CHECK:             memref.store
func.func @columns(%in: memref<4x8xf32>, %out: memref<8xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>], iterator_types = ["reduction", "parallel"]}
      ins(%in : memref<4x8xf32>) outs(%out : memref<8xf32>) {
  ^bb0(%x: f32, %acc: f32):
    %s = arith.addf %acc, %x : f32
    linalg.yield %s : f32
  }
  return
}

// -----

// Two results, an index, and two reduced dimensions.

// CHECK-LABEL: func.func @argmax
// CHECK:         scf.for {{.*}} -> (f32, i64)
// CHECK:           scf.for %[[J:[^ ]*]] =
// CHECK:             arith.index_cast %[[J]]
func.func @argmax(%in: memref<4x8xf32>, %max: memref<f32>, %at: memref<i64>) {
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> ()>, affine_map<(i, j) -> ()>], iterator_types = ["reduction", "reduction"]}
      ins(%in : memref<4x8xf32>) outs(%max, %at : memref<f32>, memref<i64>) {
  ^bb0(%x: f32, %m: f32, %k: i64):
    %j = linalg.index 1 : index
    %ji = arith.index_cast %j : index to i64
    %gt = arith.cmpf ogt, %x, %m : f32
    %nm = arith.select %gt, %x, %m : f32
    %nk = arith.select %gt, %ji, %k : i64
    linalg.yield %nm, %nk : f32, i64
  }
  return
}

// -----

// CHECK-LABEL: func.func @copy
// CHECK-NOT:     memref.copy
// CHECK:         memref.store
func.func @copy(%in: memref<4x8xf32, strided<[16, 1]>>, %out: memref<4x8xf32>) {
  memref.copy %in, %out : memref<4x8xf32, strided<[16, 1]>> to memref<4x8xf32>
  return
}
