// RUN: compress-opt %s --convert-compress-to-linalg \
// RUN:   | FileCheck %s --implicit-check-not='!compress.tensor' \
// RUN:     --implicit-check-not='= compress.'

#asym = #compress.affine<i8, block = [1, *], asymmetric>
!d = !compress.tensor<8x4xf32, #compress.scheme<storage = #compress.affine<i8, block = [*, 1]>>>
!g = !compress.tensor<8x4xf32, #compress.scheme<storage = #compress.affine<i8, block = [4, 1]>>>
!i4 = !compress.tensor<4x3xf32, #compress.scheme<
  storage = #compress.affine<i4, block = [2, 1], scale = f16, asymmetric>>>
!nm = !compress.tensor<8x2xf32, #compress.scheme<
  sparsity = #compress.nm<2:4, axis = 0>, storage = #compress.float<f16>>>
!t = !compress.tensor<5x3xf32, #compress.scheme<
  storage = #compress.float<f32>, layout = #compress.tiled<[2, 2]>>>
!x = !compress.tensor<2x8xf32, #compress.scheme<storage = #compress.affine<i8, block = [1, *]>>>
!z = !compress.tensor<2x8xf32, #compress.scheme<storage = #asym>>
!dyn = !compress.tensor<?x8xf32, #compress.scheme<storage = #compress.affine<i8, block = [1, *]>>>
#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>

// CHECK-DAG: #[[ID:.*]] = affine_map<(d0, d1) -> (d0, d1)>
// CHECK-DAG: #[[MK:.*]] = affine_map<(d0, d1, d2) -> (d0, d2)>
// CHECK-DAG: #[[KN:.*]] = affine_map<(d0, d1, d2) -> (d2, d1)>
// CHECK-DAG: #[[MN:.*]] = affine_map<(d0, d1, d2) -> (d0, d1)>

// An element is kept when fewer than n of its group are larger, or equal and
// before it.

// CHECK-LABEL: func.func @prune(
// CHECK-SAME: %[[W:[^:]*]]: tensor<8x2xf32>
// CHECK: linalg.generic {{.*}} ins(%[[W]] :
// CHECK-NEXT: ^bb0(%[[IN:.*]]: f32, %{{.*}}: f32):
// CHECK-NEXT: %[[I:.*]] = linalg.index 0
// CHECK-NEXT: %[[J:.*]] = linalg.index 1
// CHECK: arith.remui %[[I]], %c4
// CHECK-COUNT-5: tensor.extract %[[W]][%{{.*}}, %[[J]]]
// CHECK: %[[N:.*]] = arith.constant 2 : index
// CHECK: %[[KEEP:.*]] = arith.cmpi ult, %{{.*}}, %[[N]]
// CHECK: %[[ZERO:.*]] = arith.constant 0.000000e+00 : f32
// CHECK: %[[R:.*]] = arith.select %[[KEEP]], %[[IN]], %[[ZERO]]
// CHECK-NEXT: linalg.yield %[[R]]
func.func @prune(%w: tensor<8x2xf32>) -> tensor<8x2xf32> {
  %p = compress.prune #compress.nm<2:4, axis = 0>, %w : tensor<8x2xf32>
  return %p : tensor<8x2xf32>
}

// Least and largest of each block, with 0; then scale and zero point from both.

// CHECK-LABEL: func.func @choose_qparams(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x8xf32>
// CHECK: %[[RANGE:.*]]:2 = linalg.generic {{.*}}"reduction", "reduction"]} ins(%{{.*}}, %[[X]] :
// CHECK: arith.minimumf
// CHECK: arith.maximumf
// CHECK: %[[P:.*]]:2 = linalg.generic {{.*}} ins(%[[RANGE]]#0, %[[RANGE]]#1 : {{.*}}) outs(%{{.*}}, %{{.*}} : tensor<?x1xf32>, tensor<?x1xi8>)
// CHECK: arith.constant 2.550000e+02
// CHECK: math.roundeven
// CHECK: arith.fptosi %{{.*}} : f32 to i8
// CHECK: return %[[P]]#0, %[[P]]#1
func.func @choose_qparams(%x: tensor<?x8xf32>) -> (tensor<?x1xf32>, tensor<?x1xi8>) {
  %p:2 = compress.choose_qparams #asym, %x : tensor<?x8xf32> -> tensor<?x1xf32>, tensor<?x1xi8>
  return %p#0, %p#1 : tensor<?x1xf32>, tensor<?x1xi8>
}

// Without parameters an encode computes them.

// CHECK-LABEL: func.func @encode(
// CHECK-SAME: %[[W:[^:]*]]: tensor<8x4xf32>) -> (tensor<8x4xi8>{{.*}}, tensor<1x4xf32>
// CHECK: %[[AMAX:.*]] = linalg.generic {{.*}} ins(%{{.*}}, %[[W]] :
// CHECK: math.absf
// CHECK: arith.maximumf
// CHECK: %[[S:.*]] = linalg.generic {{.*}} ins(%[[AMAX]] : tensor<1x4xf32>)
// CHECK: arith.constant 1.270000e+02
// CHECK: %[[V:.*]] = linalg.generic {{.*}} ins(%[[W]] : tensor<8x4xf32>)
// CHECK: %[[J:.*]] = linalg.index 1
// CHECK: tensor.extract %[[S]][%c0{{.*}}, %[[J]]]
// CHECK: arith.divf
// CHECK: math.roundeven
// CHECK: arith.fptosi
// CHECK: return %[[V]], %[[S]]
func.func @encode(%w: tensor<8x4xf32>) -> !d {
  %e = compress.encode %w : tensor<8x4xf32> -> !d
  return %e : !d
}

// The observer minmax is what runs without one.

// CHECK-LABEL: func.func @encode_minmax(
// CHECK: math.absf
// CHECK: arith.maximumf
func.func @encode_minmax(%w: tensor<8x4xf32>) -> !d {
  %e = compress.encode %w observer = <minmax> : tensor<8x4xf32> -> !d
  return %e : !d
}

// Given parameters become components as they are.

// CHECK-LABEL: func.func @encode_parameters(
// CHECK-SAME: %[[W:[^:]*]]: tensor<8x4xf32>, %[[S:[^:]*]]: tensor<1x4xf32>)
// CHECK-NOT: "reduction"
// CHECK: %[[V:.*]] = linalg.generic {{.*}} ins(%[[W]] :
// CHECK: tensor.extract %[[S]][
// CHECK: return %[[V]], %[[S]]
func.func @encode_parameters(%w: tensor<8x4xf32>, %s: tensor<1x4xf32>) -> !d {
  %e = compress.encode %w parameters(%s : tensor<1x4xf32>) : tensor<8x4xf32> -> !d
  return %e : !d
}

// The stored integer times the scale of its block, in one generic.

// CHECK-LABEL: func.func @decode(
// CHECK-SAME: %[[V:[^:]*]]: tensor<8x4xi8> {compress.name = "W.values"}, %[[S:[^:]*]]: tensor<1x4xf32> {compress.name = "W.scales"})
// CHECK-NEXT: tensor.empty
// CHECK-NEXT: %[[R:.*]] = linalg.generic {indexing_maps = [#[[ID]], #[[ID]]], iterator_types = ["parallel", "parallel"]} ins(%[[V]] :
// CHECK: %[[J:.*]] = linalg.index 1
// CHECK: %[[Q:.*]] = arith.sitofp
// CHECK: %[[SC:.*]] = tensor.extract %[[S]][%c0{{.*}}, %[[J]]]
// CHECK: arith.mulf %[[Q]], %[[SC]]
// CHECK-NOT: linalg.generic
// CHECK: return %[[R]]
func.func @decode(%w: !d {compress.name = "W"}) -> tensor<8x4xf32> {
  %y = compress.decode %w : !d -> tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}

// Two to a byte, two rows to a block: byte j * 4 >> 3, shifted by j * 4 & 7,
// masked, its sign extended, less the zero point.

// CHECK-LABEL: func.func @decode_i4(
// CHECK-SAME: %[[V:[^:]*]]: tensor<4x2xi8> {{[^%]*}}, %[[S:[^:]*]]: tensor<2x3xf16> {{[^%]*}}, %[[Z:[^:]*]]: tensor<2x3xi8>
// CHECK: linalg.generic
// CHECK: %[[I:.*]] = linalg.index 0
// CHECK: %[[J:.*]] = linalg.index 1
// CHECK: %[[BIT:.*]] = arith.muli %[[J]], %c4
// CHECK: %[[BYTE:.*]] = arith.shrui %[[BIT]], %c3
// CHECK: arith.andi %[[BIT]], %c7
// CHECK: tensor.extract %[[V]][%[[I]], %[[BYTE]]]
// CHECK: arith.shrui
// CHECK: arith.andi %{{.*}}, %c15_i32
// CHECK: arith.xori %{{.*}}, %c8_i32
// CHECK: %[[Q:.*]] = arith.subi %{{.*}}, %c8_i32
// CHECK: arith.divui %[[I]], %c2
// CHECK: tensor.extract %[[Z]][%{{.*}}, %[[J]]]
// CHECK: arith.subi %[[Q]],
// CHECK: tensor.extract %[[S]][%{{.*}}, %[[J]]]
// CHECK: arith.extf %{{.*}} : f16 to f32
// CHECK: arith.mulf
// CHECK-NOT: linalg.generic
// CHECK: return
func.func @decode_i4(%w: !i4) -> tensor<4x3xf32> {
  %y = compress.decode %w : !i4 -> tensor<4x3xf32>
  return %y : tensor<4x3xf32>
}

// Each of the two stored values of a group, if its index is the position, else 0.

// CHECK-LABEL: func.func @decode_nm(
// CHECK-SAME: %[[V:[^:]*]]: tensor<4x2xf16> {{[^%]*}}, %[[X:[^:]*]]: tensor<4x1xi8>
// CHECK: linalg.generic
// CHECK: %[[I:.*]] = linalg.index 0
// CHECK: arith.divui %[[I]], %c4
// CHECK: %[[AT:.*]] = arith.remui %[[I]], %c4
// CHECK: %[[ZERO:.*]] = arith.constant 0.000000e+00 : f32
// CHECK: tensor.extract %[[X]]
// CHECK: arith.andi %{{.*}}, %c3_i32
// CHECK: %[[C0:.*]] = arith.cmpi eq, %{{.*}}, %[[AT]]
// CHECK: tensor.extract %[[V]]
// CHECK: %[[R0:.*]] = arith.select %[[C0]], %{{.*}}, %[[ZERO]]
// CHECK: tensor.extract %[[X]]
// CHECK: %[[C1:.*]] = arith.cmpi eq, %{{.*}}, %[[AT]]
// CHECK: tensor.extract %[[V]]
// CHECK: %[[R1:.*]] = arith.select %[[C1]], %{{.*}}, %[[R0]]
// CHECK-NEXT: linalg.yield %[[R1]]
// CHECK-NOT: linalg.generic
// CHECK: return
func.func @decode_nm(%w: !nm) -> tensor<8x2xf32> {
  %y = compress.decode %w : !nm -> tensor<8x2xf32>
  return %y : tensor<8x2xf32>
}

// Number of the tile, then position in it; the last tiles are padded.

// CHECK-LABEL: func.func @decode_tiled(
// CHECK-SAME: %[[V:[^:]*]]: tensor<3x2x2x2xf32>
// CHECK: linalg.generic {{.*}} outs(%{{.*}} : tensor<5x3xf32>)
// CHECK: %[[I:.*]] = linalg.index 0
// CHECK: %[[J:.*]] = linalg.index 1
// CHECK: %[[TI:.*]] = arith.divui %[[I]], %c2
// CHECK: %[[PI:.*]] = arith.remui %[[I]], %c2
// CHECK: %[[TJ:.*]] = arith.divui %[[J]], %c2
// CHECK: %[[PJ:.*]] = arith.remui %[[J]], %c2
// CHECK: tensor.extract %[[V]][%[[TI]], %[[TJ]], %[[PI]], %[[PJ]]]
func.func @decode_tiled(%w: !t) -> tensor<5x3xf32> {
  %y = compress.decode %w : !t -> tensor<5x3xf32>
  return %y : tensor<5x3xf32>
}

// Extents that are not known are read from the components.

// CHECK-LABEL: func.func @decode_dynamic(
// CHECK-SAME: %[[V:[^:]*]]: tensor<?x8xi8>
// CHECK: %[[N:.*]] = tensor.dim %[[V]], %c0
// CHECK: tensor.empty(%[[N]]) : tensor<?x8xf32>
func.func @decode_dynamic(%x: !dyn) -> tensor<?x8xf32> {
  %y = compress.decode %x : !dyn -> tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}

// The float form: decodes, and a contraction in the type of the result, which keeps what
// was attached to it.

// CHECK-LABEL: func.func @contract(
// CHECK-SAME: %[[X:[^:]*]]: tensor<2x8xf16>, %[[V:[^:]*]]: tensor<8x4xi8> {{[^%]*}}, %[[S:[^:]*]]: tensor<1x4xf32> {{[^%]*}}, %[[I:[^:]*]]: tensor<2x4xf32>)
// CHECK: %[[W:.*]] = linalg.generic {indexing_maps = [#[[ID]], #[[ID]]], {{.*}} ins(%[[V]] : tensor<8x4xi8>) outs({{.*}} : tensor<8x4xf32>)
// CHECK: %[[Y:.*]] = linalg.generic {indexing_maps = [#[[MK]], #[[KN]], #[[MN]]], iterator_types = ["parallel", "parallel", "reduction"]} ins(%[[X]], %[[W]] : {{.*}}) outs(%[[I]] : {{.*}} attrs = {compress.site = "fc"}
// CHECK-NEXT: ^bb0(%[[A:.*]]: f16, %[[B:.*]]: f32, %[[C:.*]]: f32):
// CHECK-NEXT: %[[AF:.*]] = arith.extf %[[A]] : f16 to f32
// CHECK-NEXT: %[[P:.*]] = arith.mulf %[[AF]], %[[B]] : f32
// CHECK-NEXT: %[[R:.*]] = arith.addf %[[C]], %[[P]] : f32
// CHECK-NEXT: linalg.yield %[[R]]
// CHECK: return %[[Y]]
func.func @contract(%x: tensor<2x8xf16>, %w: !d, %i: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %y = compress.contract [#mk, #kn, #mn] ins(%x, %w : tensor<2x8xf16>, !d) outs(%i : tensor<2x4xf32>) {compress.site = "fc"}
  return %y : tensor<2x4xf32>
}

// The integer form: the differences to zero points, which i16 holds, a contraction
// in i32 that begins at 0, and a generic that scales and adds the initial value.

// CHECK-LABEL: func.func @contract_integer(
// CHECK-SAME: %[[XV:[^:]*]]: tensor<2x8xi8> {{[^%]*}}, %[[XS:[^:]*]]: tensor<2x1xf32> {{[^%]*}}, %[[XZ:[^:]*]]: tensor<2x1xi8> {{[^%]*}}, %[[WV:[^:]*]]: tensor<8x4xi8> {{[^%]*}}, %[[WS:[^:]*]]: tensor<1x4xf32> {{[^%]*}}, %[[I:[^:]*]]: tensor<2x4xf32>)
// CHECK: %[[ZERO:.*]] = linalg.fill ins(%c0_i32 : i32) outs({{.*}} : tensor<2x4xi32>)
// CHECK: %[[X:.*]] = linalg.generic {{.*}} ins(%[[XV]] : tensor<2x8xi8>) outs({{.*}} : tensor<2x8xi16>)
// CHECK: tensor.extract %[[XZ]]
// CHECK: arith.subi
// CHECK: %[[SUM:.*]] = linalg.generic {indexing_maps = [#[[MK]], #[[KN]], #[[MN]]], iterator_types = ["parallel", "parallel", "reduction"]} ins(%[[X]], %[[WV]] : tensor<2x8xi16>, tensor<8x4xi8>) outs(%[[ZERO]] : tensor<2x4xi32>)
// CHECK: %[[P:.*]] = arith.muli {{.*}} : i32
// CHECK: arith.addi %{{.*}}, %[[P]] : i32
// CHECK: %[[Y:.*]] = linalg.generic {{.*}} ins(%[[SUM]], %[[I]] : tensor<2x4xi32>, tensor<2x4xf32>)
// CHECK-NEXT: ^bb0(%[[A:.*]]: i32, %[[START:.*]]: f32, %{{.*}}: f32):
// CHECK: %[[M:.*]] = linalg.index 0
// CHECK: %[[SX:.*]] = tensor.extract %[[XS]][%[[M]], %c0{{.*}}]
// CHECK: %[[N:.*]] = linalg.index 1
// CHECK: %[[SW:.*]] = tensor.extract %[[WS]][%c0{{.*}}, %[[N]]]
// CHECK: %[[SCALE:.*]] = arith.mulf %[[SX]], %[[SW]]
// CHECK: %[[AF:.*]] = arith.sitofp %[[A]] : i32 to f32
// CHECK: %[[V:.*]] = arith.mulf %[[AF]], %[[SCALE]]
// CHECK: arith.addf %[[START]], %[[V]]
// CHECK: return %[[Y]]
func.func @contract_integer(%x: !z, %w: !d, %i: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %y = compress.contract [#mk, #kn, #mn] ins(%x, %w : !z, !d) outs(%i : tensor<2x4xf32>)
  return %y : tensor<2x4xf32>
}

// Scales that vary along the reduced dimension cannot come after the sum.

// CHECK-LABEL: func.func @contract_groups(
// CHECK-NOT: arith.muli
// CHECK: linalg.generic {indexing_maps = [#[[MK]], #[[KN]], #[[MN]]], {{.*}} : tensor<2x8xf32>, tensor<8x4xf32>)
// CHECK: arith.mulf {{.*}} : f32
// CHECK: return
func.func @contract_groups(%x: !x, %w: !g, %i: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %y = compress.contract [#mk, #kn, #mn] ins(%x, %w : !x, !g) outs(%i : tensor<2x4xf32>)
  return %y : tensor<2x4xf32>
}

// CHECK-LABEL: func.func @component(
// CHECK-SAME: %{{[^:]*}}: tensor<8x4xi8> {{[^%]*}}, %[[S:[^:]*]]: tensor<1x4xf32>
// CHECK-NEXT: return %[[S]]
func.func @component(%w: !d) -> tensor<1x4xf32> {
  %s = compress.component %w["scales"] : !d -> tensor<1x4xf32>
  return %s : tensor<1x4xf32>
}

// CHECK-LABEL: func.func @assemble(
// CHECK-SAME: %[[V:[^:]*]]: tensor<8x4xi8>, %[[S:[^:]*]]: tensor<1x4xf32>)
// CHECK: linalg.generic {{.*}} ins(%[[V]] :
// CHECK: tensor.extract %[[S]][
func.func @assemble(%v: tensor<8x4xi8>, %s: tensor<1x4xf32>) -> tensor<8x4xf32> {
  %w = compress.assemble %v, %s : (tensor<8x4xi8>, tensor<1x4xf32>) -> !d
  %y = compress.decode %w : !d -> tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}

// Function boundaries and control flow, as with compress-explode.

// CHECK: func.func private @callee(tensor<8x4xi8> {{.*}}, tensor<1x4xf32> {{.*}}) -> (tensor<8x4xi8> {{.*}}, tensor<1x4xf32>
func.func private @callee(%w: !d) -> !d

// CHECK-LABEL: func.func @flow(
// CHECK-SAME: %[[C:[^:]*]]: i1, %[[N:[^:]*]]: index {test.a}, %[[V:[^:]*]]: tensor<8x4xi8> {{[^%]*}}, %[[S:[^:]*]]: tensor<1x4xf32>
// CHECK: %[[U:.*]]:2 = call @callee(%[[V]], %[[S]])
// CHECK: %[[IF:.*]]:2 = scf.if %[[C]] -> (tensor<8x4xi8>, tensor<1x4xf32>)
// CHECK: scf.yield %[[V]], %[[S]]
// CHECK: scf.yield %[[U]]#0, %[[U]]#1
// CHECK: %[[SV:.*]] = arith.select %[[C]], %[[IF]]#0, %[[V]]
// CHECK: %[[SS:.*]] = arith.select %[[C]], %[[IF]]#1, %[[S]]
// CHECK: %[[R:.*]]:2 = scf.for {{.*}} iter_args(%[[A:.*]] = %[[SV]], %[[B:.*]] = %[[SS]])
// CHECK: linalg.generic {{.*}} ins(%[[A]] : tensor<8x4xi8>)
// CHECK: tensor.extract %[[B]][
// CHECK: scf.yield %{{.*}}, %{{.*}} : tensor<8x4xi8>, tensor<1x4xf32>
// CHECK: return %[[R]]#0, %[[R]]#1
func.func @flow(%c: i1, %n: index {test.a}, %w: !d) -> !d {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %u = call @callee(%w) : (!d) -> !d
  %i = scf.if %c -> (!d) {
    scf.yield %w : !d
  } else {
    scf.yield %u : !d
  }
  %s = arith.select %c, %i, %w : !d
  %r = scf.for %k = %c0 to %n step %c1 iter_args(%a = %s) -> (!d) {
    %d = compress.decode %a : !d -> tensor<8x4xf32>
    %e = compress.encode %d : tensor<8x4xf32> -> !d
    scf.yield %e : !d
  }
  return %r : !d
}

// What is not of the dialect stays.

// CHECK-LABEL: func.func @dense(
// CHECK-NEXT: %[[Y:.*]] = linalg.matmul
// CHECK-NEXT: return %[[Y]]
func.func @dense(%x: tensor<2x8xf32>, %w: tensor<8x4xf32>, %i: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %y = linalg.matmul ins(%x, %w : tensor<2x8xf32>, tensor<8x4xf32>)
      outs(%i : tensor<2x4xf32>) -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}
