// A module is reduced to the function with the op that the tester looks for, and
// to what that op needs.

// RUN: compress-reduce %s --reduction-tree="traversal-mode=0 test=%S/Inputs/has-decode.sh" \
// RUN:   | FileCheck %s
// RUN: compress-reduce %s --opt-reduction-pass="opt-pass=symbol-dce test=%S/Inputs/has-decode.sh" \
// RUN:   | FileCheck %s

// CHECK-NOT: @unrelated
// CHECK: func.func @faulty
// CHECK: compress.decode
// CHECK-NOT: @unrelated

!w = !compress.tensor<4x8xf32, #compress.scheme<storage = #compress.affine<i8>>>

func.func private @unrelated(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  return %x : tensor<4x8xf32>
}

func.func @faulty(%w: !w) -> tensor<4x8xf32> {
  %0 = compress.decode %w : !w -> tensor<4x8xf32>
  %1 = math.exp %0 : tensor<4x8xf32>
  return %1 : tensor<4x8xf32>
}
