// RUN: compress-opt %s --split-input-file --compress-hoist-constants | FileCheck %s
// RUN: compress-opt %s --split-input-file --compress-hoist-constants=min-bytes=8 | FileCheck %s --check-prefix=MIN8

// Resources become arguments whatever their size, equal ones the same
// argument; a small dense constant stays.

// CHECK-LABEL: func.func @resources(
// CHECK-SAME:    %[[X:.*]]: tensor<2xf32>,
// CHECK-SAME:    %[[W:.*]]: tensor<2xf32> {bufferization.writable = false, compress.constant = dense_resource<w> : tensor<2xf32>})
// CHECK:         %[[SMALL:.*]] = arith.constant dense<[1.000000e+00, 2.000000e+00]>
// CHECK:         return %[[W]], %[[W]], %[[SMALL]]
// MIN8-LABEL:  func.func @resources(
// MIN8-SAME:     compress.constant = dense_resource<w>
// MIN8-SAME:     compress.constant = dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>
func.func @resources(%x: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) {
  %a = arith.constant dense_resource<w> : tensor<2xf32>
  %b = arith.constant dense_resource<w> : tensor<2xf32>
  %c = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  return %a, %b, %c : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
}

{-#
  dialect_resources: {
    builtin: {
      w: "0x040000000000803F00000040"
    }
  }
#-}

// -----

// A large splat is computed, not stored.

// CHECK-LABEL: func.func @splat()
// CHECK-DAG:     %[[VALUE:.*]] = arith.constant 5.000000e-01 : f32
// CHECK-DAG:     %[[EMPTY:.*]] = tensor.empty() : tensor<512xf32>
// CHECK:         linalg.fill ins(%[[VALUE]] : f32) outs(%[[EMPTY]] : tensor<512xf32>)
func.func @splat() -> tensor<512xf32> {
  %a = arith.constant dense<0.5> : tensor<512xf32>
  return %a : tensor<512xf32>
}

// -----

// An immutable global is a constant, a mutable one is not.

ml_program.global private @frozen(dense_resource<g> : tensor<2xf32>) : tensor<2xf32>
ml_program.global private mutable @state(dense<[1.0, 2.0]> : tensor<2xf32>) : tensor<2xf32>

// CHECK-LABEL: func.func @globals(
// CHECK-SAME:    %[[G:.*]]: tensor<2xf32> {{{.*}}compress.constant = dense_resource<g>
// CHECK:         %[[S:.*]] = ml_program.global_load @state
// CHECK:         return %[[G]], %[[S]]
func.func @globals() -> (tensor<2xf32>, tensor<2xf32>) {
  %a = ml_program.global_load_const @frozen : tensor<2xf32>
  %b = ml_program.global_load @state : tensor<2xf32>
  return %a, %b : tensor<2xf32>, tensor<2xf32>
}

{-#
  dialect_resources: {
    builtin: {
      g: "0x040000000000803F00000040"
    }
  }
#-}

// -----

// The caller of a function would have to pass its constants.

// CHECK-LABEL: func.func private @callee() -> tensor<2xf32>
// CHECK:         arith.constant dense_resource<c>
func.func private @callee() -> tensor<2xf32> {
  %a = arith.constant dense_resource<c> : tensor<2xf32>
  return %a : tensor<2xf32>
}
func.func @caller() -> tensor<2xf32> {
  %a = call @callee() : () -> tensor<2xf32>
  return %a : tensor<2xf32>
}

{-#
  dialect_resources: {
    builtin: {
      c: "0x040000000000803F00000040"
    }
  }
#-}
