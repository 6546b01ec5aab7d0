// RUN: compress-opt %s --compress-normalize --split-input-file | FileCheck %s
// RUN: compress-opt %s --compress-normalize --split-input-file --remarks-filter=compress 2>&1 >%t | FileCheck %s --check-prefix=REMARK

// A condition that is computed from constants; the branch that is not taken
// goes with its weight.

// REMARK: [Passed] constant-branch {{.*}}Remark="the condition of 'scf.if' is always false"
// CHECK-LABEL: func.func @structured
// CHECK-SAME: %[[X:.*]]: tensor<2xf32>
// CHECK-NOT: arith.constant dense
// CHECK-NOT: scf.if
// CHECK: %[[Y:.*]] = arith.addf %[[X]], %[[X]]
// CHECK: return %[[Y]]
func.func @structured(%x: tensor<2xf32>) -> tensor<2xf32> {
  %training = arith.constant dense<true> : tensor<i1>
  %weight = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %true = arith.constant true
  %element = tensor.extract %training[] : tensor<i1>
  %condition = arith.xori %element, %true : i1
  %y = scf.if %condition -> tensor<2xf32> {
    %0 = arith.mulf %x, %weight : tensor<2xf32>
    scf.yield %0 : tensor<2xf32>
  } else {
    %0 = arith.addf %x, %x : tensor<2xf32>
    scf.yield %0 : tensor<2xf32>
  }
  return %y : tensor<2xf32>
}

// -----

// REMARK: Remark="the condition of 'cf.cond_br' is always true"
// CHECK-LABEL: func.func @blocks
// CHECK-SAME: %[[X:.*]]: f32
// CHECK-NOT: arith.negf
// CHECK: return %[[X]]
func.func @blocks(%x: f32) -> f32 {
  %one = arith.constant 1 : i32
  %two = arith.constant 2 : i32
  %condition = arith.cmpi slt, %one, %two : i32
  cf.cond_br %condition, ^taken(%x : f32), ^dead
^dead:
  %z = arith.negf %x : f32
  cf.br ^taken(%z : f32)
^taken(%y: f32):
  return %y : f32
}

// -----

// REMARK: Remark="the condition of 'arith.select' is always false"
// CHECK-LABEL: func.func @select
// CHECK-SAME: %[[A:.*]]: f32, %[[B:.*]]: f32
// CHECK: return %[[B]]
func.func @select(%a: f32, %b: f32) -> f32 {
  %false = arith.constant false
  %0 = arith.select %false, %a, %b : f32
  return %0 : f32
}

// -----

// Without an else region there is nothing to take; conditions of a run stay.

// CHECK-LABEL: func.func @others
// CHECK-SAME: %[[C:.*]]: i1
// CHECK-NOT: scf.if
// CHECK: cf.cond_br %[[C]]
func.func @others(%c: i1, %m: memref<f32>, %x: f32) {
  %false = arith.constant false
  scf.if %false {
    memref.store %x, %m[] : memref<f32>
  }
  cf.cond_br %c, ^a, ^b
^a:
  memref.store %x, %m[] : memref<f32>
  cf.br ^b
^b:
  return
}
