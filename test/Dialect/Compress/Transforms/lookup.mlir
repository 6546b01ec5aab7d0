// RUN: rm -rf %t && split-file %s %t
// RUN: compress-opt %t/lookup.mlir --quantize | FileCheck %t/lookup.mlir --implicit-check-not=compress.decode
// RUN: compress-opt %t/lookup.mlir --quantize --convert-compress-to-linalg \
// RUN:   | FileCheck %t/lookup.mlir --check-prefix=ROWS --implicit-check-not="-> tensor<4x8xf32>"
// RUN: compress-opt %t/lookup.mlir --quantize='{strategy: group, group_size: 4}' --prune --dry-run -o /dev/null \
// RUN:   | FileCheck %t/lookup.mlir --check-prefix=PLAN
// RUN: compress-opt %t/lookup.mlir --quantize=w8a8 | FileCheck %t/lookup.mlir --implicit-check-not=choose_qparams
// RUN: compress-opt %t/alone.mlir --quantize | FileCheck %t/alone.mlir --implicit-check-not=compress.extract
// RUN: not compress-opt %t/lookup.mlir --prune='{targets: [table]}' 2>&1 | FileCheck %t/lookup.mlir --check-prefix=TARGET

//--- lookup.mlir

#ij = affine_map<(i, j) -> (i, j)>
#i = affine_map<(i, j) -> (i)>

// The table is compressed in front of the op that holds the lookups, once for
// all of them, with one scale for each row; no op sees it dense.

// CHECK-LABEL: func.func @embedding(
// CHECK-DAG: %[[Q:.*]] = arith.constant {{.*}} : tensor<4x8xi8>
// CHECK-DAG: %[[S:.*]] = arith.constant {{.*}} : tensor<4x1xf32>
// CHECK: %[[T:.*]] = compress.assemble %[[Q]], %[[S]]
// CHECK-NOT: compress.assemble
// CHECK: linalg.generic
// CHECK-NEXT: ^bb0(%[[ROW:.*]]: i64, %{{.*}}: f32):
// CHECK-NEXT: %[[R:.*]] = arith.index_cast %[[ROW]]
// CHECK-NEXT: %[[C:.*]] = linalg.index 1
// CHECK-NEXT: %[[E:.*]] = compress.extract %[[T]][%[[R]], %[[C]]] {compress.site = "table"} : !compress.tensor<4x8xf32, #compress.scheme<storage = #compress.affine<i8, block = [1, *]>>>
// CHECK-NEXT: %[[P:.*]] = compress.extract %[[T]][%{{.*}}, %[[C]]] {compress.site = "table#2"}
// CHECK-NEXT: arith.addf %[[E]], %[[P]]

// Neither the table nor a decoded copy of it appears in the lowered module: each
// element reads its byte and its row's scale.

// ROWS-LABEL: func.func @embedding(
// ROWS: ^bb0(%[[ROW:.*]]: i64, %{{.*}}: f32):
// ROWS: %[[R:.*]] = arith.index_cast %[[ROW]]
// ROWS: %[[C:.*]] = linalg.index 1
// ROWS: tensor.extract %{{.*}}[%[[R]], %[[C]]] : tensor<4x8xi8>
// ROWS: tensor.extract %{{.*}}[%[[R]], %{{.*}}] : tensor<4x1xf32>

// Groups lie along the row; pruning leaves lookups alone.

// PLAN: table {{.*}}affine<i8, block = [1, 4]>
// PLAN-SAME: prune: it looks up elements, and multiplies by none that pruning removes

// TARGET: error: stage 'prune' names 'table', but it cannot be compressed: it looks up elements, and multiplies by none that pruning removes

func.func @embedding(%rows: tensor<?xi64>, %n: index) -> tensor<?x8xf32> {
  %w = arith.constant dense_resource<table> : tensor<4x8xf32>
  %c3 = arith.constant 3 : index
  %init = tensor.empty(%n) : tensor<?x8xf32>
  %y = linalg.generic {indexing_maps = [#i, #ij], iterator_types = ["parallel", "parallel"]}
      ins(%rows : tensor<?xi64>) outs(%init : tensor<?x8xf32>) {
  ^bb0(%row: i64, %out: f32):
    %r = arith.index_cast %row : i64 to index
    %c = linalg.index 1 : index
    %e = tensor.extract %w[%r, %c] : tensor<4x8xf32>
    %p = tensor.extract %w[%c3, %c] : tensor<4x8xf32>
    %s = arith.addf %e, %p : f32
    linalg.yield %s : f32
  } -> tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}

// CHECK-LABEL: func.func @gather(
// CHECK-NOT: tensor.gather
// CHECK: linalg.generic
// CHECK: %[[I:.*]] = tensor.extract %{{.*}}[%{{.*}}, %{{.*}}, %{{.*}}] : tensor<2x3x1xi32>
// CHECK: %[[R:.*]] = arith.index_cast %[[I]]
// CHECK: compress.extract %{{.*}}[%[[R]], %{{.*}}]
// ROWS-LABEL: func.func @gather(
// ROWS: tensor.extract %{{.*}} : tensor<4x8xi8>
func.func @gather(%slices: tensor<2x3x1xi32>) -> tensor<2x3x8xf32> {
  %w = arith.constant dense_resource<table> : tensor<4x8xf32>
  %g = tensor.gather %w[%slices] gather_dims([0])
      : (tensor<4x8xf32>, tensor<2x3x1xi32>) -> tensor<2x3x8xf32>
  return %g : tensor<2x3x8xf32>
}

// The table may be defined in another block, outside of loops.

// CHECK-LABEL: func.func @control_flow(
// CHECK: %[[T:.*]] = compress.assemble
// CHECK: scf.for
// CHECK-NEXT: compress.extract %[[T]]
func.func @control_flow(%n: index) -> f32 {
  %w = arith.constant dense_resource<table> : tensor<4x8xf32>
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  cf.br ^loop
^loop:
  %sum = scf.for %i = %c0 to %n step %c1 iter_args(%s = %zero) -> f32 {
    %e = tensor.extract %w[%i, %c1] : tensor<4x8xf32>
    %t = arith.addf %s, %e : f32
    scf.yield %t : f32
  }
  return %sum : f32
}

{-#
  dialect_resources: {
    builtin: {
      table: "0x04000000000060C10000E0C0000000000000E04000006041000000C1000080BF0000C04000005041000010C1000000C00000A04000004041000020C1000040C00000804000003041000030C1000080C00000404000002041000040C10000A0C00000004000001041000050C10000C0C00000803F00000041000060C10000E0C000000000"
    }
  }
#-}

//--- alone.mlir

// Scalars share no scale, values known only at run time are no weight, and
// integers stay as they are.

// CHECK-LABEL: func.func @scalars(
// CHECK: tensor.extract
func.func @scalars(%i: index) -> f32 {
  %w = arith.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  %e = tensor.extract %w[%i] : tensor<3xf32>
  return %e : f32
}

// CHECK-LABEL: func.func @activation(
// CHECK: tensor.extract
func.func @activation(%x: tensor<4x4xf32>, %i: index) -> f32 {
  %e = tensor.extract %x[%i, %i] : tensor<4x4xf32>
  return %e : f32
}

// CHECK-LABEL: func.func @integers(
// CHECK: tensor.extract
func.func @integers(%i: index) -> i32 {
  %w = arith.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi32>
  %e = tensor.extract %w[%i, %i] : tensor<2x2xi32>
  return %e : i32
}
