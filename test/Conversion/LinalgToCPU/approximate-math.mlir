// RUN: compress-opt %s --compress-approximate-math | FileCheck %s

// CHECK-LABEL: func.func @approximated
// CHECK-NOT:     math.exp
// CHECK-NOT:     math.erf
// CHECK-NOT:     math.tanh
// CHECK:         return
func.func @approximated(%x: f32, %h: f16) -> (f32, f32, f32, f16) {
  %a = math.exp %x : f32
  %b = math.erf %x : f32
  %c = math.tanh %x : f32
  %d = math.exp %h : f16
  return %a, %b, %c, %d : f32, f32, f32, f16
}

// CHECK-LABEL: func.func @kept
// CHECK:         math.exp {{.*}} : f64
func.func @kept(%x: f64) -> f64 {
  %a = math.exp %x : f64
  return %a : f64
}

// CHECK-LABEL: func @bf16
// CHECK-NOT: arith.truncf
// CHECK-NOT: arith.extf
// CHECK: return
func.func @bf16(%x: f32, %y: bf16) -> (bf16, f32) {
  %0 = arith.truncf %x : f32 to bf16
  %1 = arith.extf %y : bf16 to f32
  return %0, %1 : bf16, f32
}
