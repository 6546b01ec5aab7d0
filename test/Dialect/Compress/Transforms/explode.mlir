// RUN: compress-opt %s --compress-explode | FileCheck %s
// RUN: compress-opt %s --compress-explode | compress-opt --compress-explode \
// RUN:   | FileCheck %s

!d = !compress.tensor<4x2xf32, #compress.scheme<storage = #compress.affine<i8, block = [*, 1]>>>
!f = !compress.tensor<4x2xf32, #compress.scheme<storage = #compress.float<f16>>>
!all = !compress.tensor<4x2xf32, #compress.scheme<sparsity = #compress.nm<2:4, axis = 0>,
  storage = #compress.affine<i8, block = [*, 1], asymmetric>>>
!dyn = !compress.tensor<?x2xf32, #compress.scheme<storage = #compress.affine<i8, block = [1, *]>>>

// Arguments and results get a value per component, in their place. Names come from
// the argument; attributes of other arguments and results stay with them.

// CHECK-LABEL: func.func @signature(
// CHECK-SAME: %[[X:[^:]*]]: f32 {test.a = 1 : i32},
// CHECK-SAME: %[[V:[^:]*]]: tensor<4x2xi8> {compress.name = "W.values"},
// CHECK-SAME: %[[S:[^:]*]]: tensor<1x2xf32> {compress.name = "W.scales"},
// CHECK-SAME: %[[I:[^:]*]]: i32 {test.b},
// CHECK-SAME: %[[H:[^:]*]]: tensor<4x2xf16> {compress.name = "arg3.values"},
// CHECK-SAME: %[[Y:[^:]*]]: tensor<2xf32> {compress.name = "bias"})
// CHECK-SAME: -> (f32 {test.c},
// CHECK-SAME: tensor<4x2xi8> {compress.name = "{{[^"]*}}.values"},
// CHECK-SAME: tensor<1x2xf32> {compress.name = "{{[^"]*}}.scales"},
// CHECK-SAME: i32 {test.d}, tensor<4x2xf16> {compress.name = "{{[^"]*}}.values"}, tensor<2xf32>)
// CHECK-NEXT: return %[[X]], %[[V]], %[[S]], %[[I]], %[[H]], %[[Y]]
func.func @signature(%x: f32 {test.a = 1 : i32}, %w: !d {compress.name = "W"},
    %i: i32 {test.b}, %h: !f, %y: tensor<2xf32> {compress.name = "bias"})
    -> (f32 {test.c}, !d, i32 {test.d}, !f, tensor<2xf32>) {
  return %x, %w, %i, %h, %y : f32, !d, i32, !f, tensor<2xf32>
}

// Positions are components too.

// CHECK-LABEL: func.func @positions(
// CHECK-SAME: tensor<3xf32> {compress.name = "W.values"}
// CHECK-SAME: tensor<4x1xi8> {compress.name = "W.bitmap"}
// CHECK-SAME: %[[O:[^:]*]]: tensor<5xi32> {compress.name = "W.offsets"}
// CHECK-NEXT: return %[[O]]
!bitmap = !compress.tensor<4x2xf32, #compress.scheme<sparsity = #compress.bitmap<count = 3>, storage = #compress.float<f32>>>
func.func @positions(%w: !bitmap {compress.name = "W"}) -> tensor<5xi32> {
  %o = compress.component %w["offsets"] : !bitmap -> tensor<5xi32>
  return %o : tensor<5xi32>
}

// The components, in the order of the type: values, scales, zero points, indices.

// CHECK-LABEL: func.func @components(
// CHECK-SAME: tensor<2x2xi8> {compress.name = "W.values"}
// CHECK-SAME: tensor<1x2xf32> {compress.name = "W.scales"}
// CHECK-SAME: %[[Z:[^:]*]]: tensor<1x2xi8> {compress.name = "W.zero_points"}
// CHECK-SAME: tensor<2x1xi8> {compress.name = "W.indices"}
// CHECK-NEXT: return %[[Z]]
func.func @components(%w: !all {compress.name = "W"}) -> tensor<1x2xi8> {
  %z = compress.component %w["zero_points"] : !all -> tensor<1x2xi8>
  return %z : tensor<1x2xi8>
}

// Extents that are not known stay so.

// CHECK-LABEL: func.func @dynamic(
// CHECK-SAME: tensor<?x2xi8> {compress.name = "arg0.values"}
// CHECK-SAME: tensor<?x1xf32> {compress.name = "arg0.scales"}
func.func @dynamic(%x: !dyn) -> !dyn {
  return %x : !dyn
}

// A module without compressed tensors stays as it is.

// CHECK-LABEL: func.func @dense(
// CHECK-SAME: %[[X:[^:]*]]: tensor<4xf32> {test.a}) -> (tensor<4xf32> {test.b}) {
// CHECK-NEXT: return %[[X]] : tensor<4xf32>
func.func @dense(%x: tensor<4xf32> {test.a}) -> (tensor<4xf32> {test.b}) {
  return %x : tensor<4xf32>
}

// Declarations and calls.

// CHECK: func.func private @step(tensor<4x2xi8>{{.*}}, tensor<1x2xf32>{{.*}}, index) -> (tensor<4x2xi8>{{.*}}, tensor<1x2xf32>
func.func private @step(%w: !d, %n: index) -> !d

// What remains of the type is local: made from the components beside its reader.

// CHECK-LABEL: func.func @call(
// CHECK-SAME: %[[V:[^:]*]]: tensor<4x2xi8> {{[^%]*}}, %[[S:[^:]*]]: tensor<1x2xf32> {{[^%]*}}, %[[N:[^:]*]]: index)
// CHECK-NEXT: %[[R:.*]]:2 = call @step(%[[V]], %[[S]], %[[N]]) : (tensor<4x2xi8>, tensor<1x2xf32>, index) -> (tensor<4x2xi8>, tensor<1x2xf32>)
// CHECK-NEXT: %[[W:.*]] = compress.assemble %[[R]]#0, %[[R]]#1
// CHECK-NEXT: %[[Y:.*]] = compress.decode %[[W]]
// CHECK-NEXT: return %[[Y]]
func.func @call(%w: !d, %n: index) -> tensor<4x2xf32> {
  %r = call @step(%w, %n) : (!d, index) -> !d
  %y = compress.decode %r : !d -> tensor<4x2xf32>
  return %y : tensor<4x2xf32>
}

// What an op of the dialect makes is taken apart.

// CHECK-LABEL: func.func @encode(
// CHECK: %[[E:.*]] = compress.encode
// CHECK-DAG: %[[V:.*]] = compress.component %[[E]]["values"]
// CHECK-DAG: %[[S:.*]] = compress.component %[[E]]["scales"]
// CHECK: return %[[V]], %[[S]] : tensor<4x2xi8>, tensor<1x2xf32>
func.func @encode(%x: tensor<4x2xf32>) -> !d {
  %e = compress.encode %x : tensor<4x2xf32> -> !d
  return %e : !d
}

// An assemble that nothing of the dialect reads disappears.

// CHECK-LABEL: func.func @assemble(
// CHECK-SAME: %[[V:[^:]*]]: tensor<4x2xi8>, %[[S:[^:]*]]: tensor<1x2xf32>)
// CHECK-NEXT: return %[[V]], %[[S]]
func.func @assemble(%v: tensor<4x2xi8>, %s: tensor<1x2xf32>) -> !d {
  %w = compress.assemble %v, %s : (tensor<4x2xi8>, tensor<1x2xf32>) -> !d
  return %w : !d
}

// CHECK-LABEL: func.func @if(
// CHECK-SAME: %[[C:[^:]*]]: i1, %[[AV:[^:]*]]: tensor<4x2xi8> {{[^%]*}}, %[[AS:[^:]*]]: tensor<1x2xf32> {{[^%]*}}, %[[BV:[^:]*]]: tensor<4x2xi8> {{[^%]*}}, %[[BS:[^:]*]]: tensor<1x2xf32>
// CHECK-NEXT: %[[R:.*]]:2 = scf.if %[[C]] -> (tensor<4x2xi8>, tensor<1x2xf32>) {
// CHECK-NEXT: scf.yield %[[AV]], %[[AS]]
// CHECK-NEXT: } else {
// CHECK-NEXT: scf.yield %[[BV]], %[[BS]]
// CHECK-NEXT: }
// CHECK-NEXT: return %[[R]]#0, %[[R]]#1
func.func @if(%c: i1, %a: !d, %b: !d) -> !d {
  %r = scf.if %c -> (!d) {
    scf.yield %a : !d
  } else {
    scf.yield %b : !d
  }
  return %r : !d
}

// CHECK-LABEL: func.func @for(
// CHECK-SAME: %[[V:[^:]*]]: tensor<4x2xi8> {{[^%]*}}, %[[S:[^:]*]]: tensor<1x2xf32>
// CHECK: %[[R:.*]]:3 = scf.for %[[K:.*]] = {{.*}} iter_args(%[[N:.*]] = %{{.*}}, %[[X:.*]] = %[[V]], %[[T:.*]] = %[[S]]) -> (index, tensor<4x2xi8>, tensor<1x2xf32>) {
// CHECK-NEXT: %[[Y:.*]]:2 = func.call @step(%[[X]], %[[T]], %[[K]])
// CHECK-NEXT: scf.yield %[[N]], %[[Y]]#0, %[[Y]]#1
// CHECK: return %[[R]]#1, %[[R]]#2
func.func @for(%a: !d, %n: index) -> !d {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r:2 = scf.for %k = %c0 to %n step %c1 iter_args(%m = %c0, %x = %a) -> (index, !d) {
    %y = func.call @step(%x, %k) : (!d, index) -> !d
    scf.yield %m, %y : index, !d
  }
  return %r#1 : !d
}

// CHECK-LABEL: func.func @while(
// CHECK-SAME: %[[V:[^:]*]]: tensor<4x2xi8> {{[^%]*}}, %[[S:[^:]*]]: tensor<1x2xf32>
// CHECK: %[[R:.*]]:3 = scf.while (%[[X:.*]] = %[[V]], %[[T:.*]] = %[[S]], %[[K:.*]] = %{{.*}}) : (tensor<4x2xi8>, tensor<1x2xf32>, index) -> (tensor<4x2xi8>, tensor<1x2xf32>, index) {
// CHECK: scf.condition(%{{.*}}) %[[X]], %[[T]], %[[K]] : tensor<4x2xi8>, tensor<1x2xf32>, index
// CHECK: ^bb0(%[[X2:.*]]: tensor<4x2xi8>, %[[T2:.*]]: tensor<1x2xf32>, %[[K2:.*]]: index):
// CHECK: %[[Y:.*]]:2 = func.call @step(%[[X2]], %[[T2]], %[[K2]])
// CHECK: scf.yield %[[Y]]#0, %[[Y]]#1, %{{.*}}
// CHECK: return %[[R]]#0, %[[R]]#1
func.func @while(%a: !d, %n: index) -> !d {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r:2 = scf.while (%x = %a, %k = %c0) : (!d, index) -> (!d, index) {
    %p = arith.cmpi ult, %k, %n : index
    scf.condition(%p) %x, %k : !d, index
  } do {
  ^bb0(%x: !d, %k: index):
    %q = arith.addi %k, %c1 : index
    %y = func.call @step(%x, %k) : (!d, index) -> !d
    scf.yield %y, %q : !d, index
  }
  return %r#0 : !d
}

// CHECK-LABEL: func.func @select(
// CHECK-SAME: %[[C:[^:]*]]: i1, %[[AV:[^:]*]]: tensor<4x2xi8> {{[^%]*}}, %[[AS:[^:]*]]: tensor<1x2xf32> {{[^%]*}}, %[[BV:[^:]*]]: tensor<4x2xi8> {{[^%]*}}, %[[BS:[^:]*]]: tensor<1x2xf32>
// CHECK-NEXT: %[[V:.*]] = arith.select %[[C]], %[[AV]], %[[BV]] : tensor<4x2xi8>
// CHECK-NEXT: %[[S:.*]] = arith.select %[[C]], %[[AS]], %[[BS]] : tensor<1x2xf32>
// CHECK-NEXT: return %[[V]], %[[S]]
func.func @select(%c: i1, %a: !d, %b: !d) -> !d {
  %r = arith.select %c, %a, %b : !d
  return %r : !d
}

// Branches.

// CHECK-LABEL: func.func @branches(
// CHECK-SAME: %[[C:[^:]*]]: i1, %[[A:[^:]*]]: tensor<4x2xf16> {{[^%]*}}, %[[B:[^:]*]]: tensor<4x2xf16>
// CHECK-NEXT: cf.cond_br %[[C]], ^[[BB1:.*]](%[[A]] : tensor<4x2xf16>), ^[[BB2:.*]](%[[B]] : tensor<4x2xf16>)
// CHECK-NEXT: ^[[BB1]](%[[X:.*]]: tensor<4x2xf16>):
// CHECK-NEXT: cf.br ^[[BB2]](%[[X]] : tensor<4x2xf16>)
// CHECK-NEXT: ^[[BB2]](%[[Y:.*]]: tensor<4x2xf16>):
// CHECK-NEXT: return %[[Y]]
func.func @branches(%c: i1, %a: !f, %b: !f) -> !f {
  cf.cond_br %c, ^bb1(%a : !f), ^bb2(%b : !f)
^bb1(%x: !f):
  cf.br ^bb2(%x : !f)
^bb2(%y: !f):
  return %y : !f
}

// Branches of several components and several values.

// CHECK-LABEL: func.func @branches_of_many(
// CHECK-SAME: %[[C:[^:]*]]: i1, %[[V:[^:]*]]: tensor<4x2xi8> {{[^%]*}}, %[[S:[^:]*]]: tensor<1x2xf32> {{[^%]*}}, %[[X:[^:]*]]: tensor<4x2xf32>
// CHECK-NEXT: cf.br ^[[BB1:.*]](%[[V]], %[[S]], %[[X]] : tensor<4x2xi8>, tensor<1x2xf32>, tensor<4x2xf32>)
// CHECK-NEXT: ^[[BB1]](%[[V1:.*]]: tensor<4x2xi8>, %[[S1:.*]]: tensor<1x2xf32>, %[[X1:.*]]: tensor<4x2xf32>):
// CHECK-NEXT: cf.cond_br %[[C]], ^[[BB1]](%[[V1]], %[[S1]], %[[X1]] : tensor<4x2xi8>, tensor<1x2xf32>, tensor<4x2xf32>), ^[[BB2:.*]]
// CHECK-NEXT: ^[[BB2]]:
// CHECK-NEXT: return %[[V1]], %[[S1]], %[[X1]]
!many = !compress.tensor<4x2xf32, #compress.scheme<storage = #compress.affine<i8, block = [*, 1]>>>
func.func @branches_of_many(%c: i1, %a: !many, %x: tensor<4x2xf32>) -> (!many, tensor<4x2xf32>) {
  cf.br ^bb1(%a, %x : !many, tensor<4x2xf32>)
^bb1(%y: !many, %z: tensor<4x2xf32>):
  cf.cond_br %c, ^bb1(%y, %z : !many, tensor<4x2xf32>), ^bb2
^bb2:
  return %y, %z : !many, tensor<4x2xf32>
}
