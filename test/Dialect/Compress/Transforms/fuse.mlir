// RUN: compress-opt %s --compress-fuse | FileCheck %s
// RUN: compress-opt %s --compress-fuse --remarks-filter=compress -o %t.mlir 2>&1 \
// RUN:   | FileCheck %s --check-prefix=REMARK --implicit-check-not=remark:

!w = !compress.tensor<8x4xf32, #compress.scheme<storage = #compress.affine<i8, block = [*, 1]>>>
!x = !compress.tensor<2x8xf32, #compress.scheme<storage = #compress.affine<i8, block = [1, *]>>>
!b = !compress.tensor<3x8x4xf32, #compress.scheme<storage = #compress.affine<i8>>>
!wt = !compress.tensor<4x8xf32, #compress.scheme<storage = #compress.affine<i8, block = [1, *]>>>
!y = !compress.tensor<2x4xf32, #compress.scheme<storage = #compress.affine<i8>>>
#mk = affine_map<(m, n, k) -> (m, k)>
#nk = affine_map<(m, n, k) -> (n, k)>
#mn = affine_map<(m, n, k) -> (m, n)>

// CHECK-DAG: #[[MK:.*]] = affine_map<(d0, d1, d2) -> (d0, d2)>
// CHECK-DAG: #[[KN:.*]] = affine_map<(d0, d1, d2) -> (d2, d1)>
// CHECK-DAG: #[[NK:.*]] = affine_map<(d0, d1, d2) -> (d1, d2)>
// CHECK-DAG: #[[MN:.*]] = affine_map<(d0, d1, d2) -> (d0, d1)>
// CHECK-DAG: #[[BMK:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d1, d3)>
// CHECK-DAG: #[[BKN:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d3, d2)>
// CHECK-DAG: #[[BMN:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>

// The right operand, with the name of the site.

// CHECK-LABEL: func.func @matmul(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x8xf32>, %[[W:[^:]*]]: !compress.tensor<8x4xf32,
// CHECK-SAME: %[[I:[^:]*]]: tensor<2x4xf32>)
// CHECK-NEXT: %[[Y:.*]] = compress.contract [#[[MK]], #[[KN]], #[[MN]]] ins(%[[X]], %[[W]] : {{.*}}) outs(%[[I]] : tensor<2x4xf32>) {compress.site = "l0"}
// CHECK-NEXT: return %[[Y]]
func.func @matmul(%x: tensor<2x8xf32>, %w: !w, %i: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %d = compress.decode %w : !w -> tensor<8x4xf32>
  %y = linalg.matmul {compress.site = "l0"} ins(%x, %d : tensor<2x8xf32>, tensor<8x4xf32>)
      outs(%i : tensor<2x4xf32>) -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}

// The left operand.

// CHECK-LABEL: func.func @left(
// CHECK-SAME: %[[X:[^:]*]]: !compress.tensor<2x8xf32, {{[^%]*}}%[[W:[^:]*]]: tensor<8x4xf32>
// CHECK-NEXT: compress.contract [#[[MK]], #[[KN]], #[[MN]]] ins(%[[X]], %[[W]] : !compress.tensor<2x8xf32, {{.*}}>, tensor<8x4xf32>)
// CHECK-NEXT: return
func.func @left(%x: !x, %w: tensor<8x4xf32>, %i: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %d = compress.decode %x : !x -> tensor<2x8xf32>
  %y = linalg.matmul ins(%d, %w : tensor<2x8xf32>, tensor<8x4xf32>)
      outs(%i : tensor<2x4xf32>) -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}

// Both.

// CHECK-LABEL: func.func @both(
// CHECK-SAME: %[[X:[^:]*]]: !compress.tensor<2x8xf32, {{[^%]*}}%[[W:[^:]*]]: !compress.tensor<8x4xf32
// CHECK-NEXT: compress.contract [#[[MK]], #[[KN]], #[[MN]]] ins(%[[X]], %[[W]] : !compress.tensor<2x8xf32, {{.*}}>, !compress.tensor<8x4xf32, {{.*}}>)
// CHECK-NEXT: return
func.func @both(%x: !x, %w: !w, %i: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %d = compress.decode %x : !x -> tensor<2x8xf32>
  %e = compress.decode %w : !w -> tensor<8x4xf32>
  %y = linalg.matmul ins(%d, %e : tensor<2x8xf32>, tensor<8x4xf32>)
      outs(%i : tensor<2x4xf32>) -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}

// CHECK-LABEL: func.func @batch_matmul(
// CHECK-SAME: %[[X:[^:]*]]: tensor<3x2x8xf32>, %[[W:[^:]*]]: !compress.tensor
// CHECK-NEXT: compress.contract [#[[BMK]], #[[BKN]], #[[BMN]]] ins(%[[X]], %[[W]] :
// CHECK-NEXT: return
func.func @batch_matmul(%x: tensor<3x2x8xf32>, %w: !b, %i: tensor<3x2x4xf32>) -> tensor<3x2x4xf32> {
  %d = compress.decode %w : !b -> tensor<3x8x4xf32>
  %y = linalg.batch_matmul ins(%x, %d : tensor<3x2x8xf32>, tensor<3x8x4xf32>)
      outs(%i : tensor<3x2x4xf32>) -> tensor<3x2x4xf32>
  return %y : tensor<3x2x4xf32>
}

// The maps of an op that has its own.

// CHECK-LABEL: func.func @contract(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x8xf32>, %[[W:[^:]*]]: !compress.tensor
// CHECK-NEXT: compress.contract [#[[MK]], #[[NK]], #[[MN]]] ins(%[[X]], %[[W]] :
// CHECK-NEXT: return
func.func @contract(%x: tensor<2x8xf32>, %w: !wt, %i: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %d = compress.decode %w : !wt -> tensor<4x8xf32>
  %y = linalg.contract indexing_maps = [#mk, #nk, #mn]
      ins(%x, %d : tensor<2x8xf32>, tensor<4x8xf32>) outs(%i : tensor<2x4xf32>) -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}

// CHECK-LABEL: func.func @generic(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x8xf32>, %[[W:[^:]*]]: !compress.tensor
// CHECK-NEXT: compress.contract [#[[MK]], #[[NK]], #[[MN]]] ins(%[[X]], %[[W]] :
// CHECK-NEXT: return
func.func @generic(%x: tensor<2x8xf32>, %w: !wt, %i: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %d = compress.decode %w : !wt -> tensor<4x8xf32>
  %y = linalg.generic {indexing_maps = [#mk, #nk, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %d : tensor<2x8xf32>, tensor<4x8xf32>) outs(%i : tensor<2x4xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %p = arith.mulf %a, %b : f32
    %s = arith.addf %c, %p : f32
    linalg.yield %s : f32
  } -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}

// A generic that is no contraction: it adds where one multiplies.

// CHECK-LABEL: func.func @sum(
// CHECK-NOT: compress.contract
// CHECK: %[[D:.*]] = compress.decode
// CHECK-NEXT: linalg.generic {{.*}} ins(%{{.*}}, %[[D]] :
// REMARK: fuse.mlir:[[#@LINE+2]]:{{.*}}'linalg.generic' reads the decoded tensor
func.func @sum(%x: tensor<2x8xf32>, %w: !wt, %i: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %d = compress.decode %w : !wt -> tensor<4x8xf32>
  %y = linalg.generic {indexing_maps = [#mk, #nk, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %d : tensor<2x8xf32>, tensor<4x8xf32>) outs(%i : tensor<2x4xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %p = arith.addf %a, %b : f32
    %s = arith.addf %c, %p : f32
    linalg.yield %s : f32
  } -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}

// A decode that another op reads as well stays for that one.

// CHECK-LABEL: func.func @shared(
// CHECK: %[[D:.*]] = compress.decode
// CHECK-NEXT: %[[Y:.*]] = compress.contract
// CHECK-NEXT: return %[[Y]], %[[D]]
// REMARK: fuse.mlir:[[#@LINE+3]]:{{.*}}'func.return' reads the decoded tensor
func.func @shared(%x: tensor<2x8xf32>, %w: !w, %i: tensor<2x4xf32>)
    -> (tensor<2x4xf32>, tensor<8x4xf32>) {
  %d = compress.decode %w : !w -> tensor<8x4xf32>
  %y = linalg.matmul ins(%x, %d : tensor<2x8xf32>, tensor<8x4xf32>)
      outs(%i : tensor<2x4xf32>) -> tensor<2x4xf32>
  return %y, %d : tensor<2x4xf32>, tensor<8x4xf32>
}

// What a contraction accumulates into is no operand of it.

// CHECK-LABEL: func.func @init(
// CHECK: %[[D:.*]] = compress.decode
// CHECK-NEXT: linalg.matmul {{.*}} outs(%[[D]] :
// REMARK: fuse.mlir:[[#@LINE+2]]:{{.*}}'linalg.matmul' reads the decoded tensor
func.func @init(%x: tensor<2x8xf32>, %w: tensor<8x4xf32>, %i: !y) -> tensor<2x4xf32> {
  %d = compress.decode %i : !y -> tensor<2x4xf32>
  %y = linalg.matmul ins(%x, %w : tensor<2x8xf32>, tensor<8x4xf32>)
      outs(%d : tensor<2x4xf32>) -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}

// Without a decode nothing happens.

// CHECK-LABEL: func.func @dense(
// CHECK-NEXT: linalg.matmul
// CHECK-NEXT: return
func.func @dense(%x: tensor<2x8xf32>, %w: tensor<8x4xf32>, %i: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %y = linalg.matmul ins(%x, %w : tensor<2x8xf32>, tensor<8x4xf32>)
      outs(%i : tensor<2x4xf32>) -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}

// Attributes that belong to no op of linalg stay.

// CHECK-LABEL: func.func @attributes(
// CHECK-NEXT: compress.contract {{.*}} {compress.site = "fc", compress_kernel.schedule = #compress_kernel.mma_sync<tile = [16, 64, 64], warps = [1, 4], stages = 3>}
func.func @attributes(%x: tensor<2x8xf32>, %w: !w, %i: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %d = compress.decode %w : !w -> tensor<8x4xf32>
  %y = linalg.matmul {compress.site = "fc", compress_kernel.schedule = #compress_kernel.mma_sync<tile = [16, 64, 64], warps = [1, 4], stages = 3>} ins(%x, %d : tensor<2x8xf32>, tensor<8x4xf32>)
      outs(%i : tensor<2x4xf32>) -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}
