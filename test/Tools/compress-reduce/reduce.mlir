// A module is reduced to the one op that the tester looks for: everything that
// the fault does not need is gone.

// RUN: compress-reduce %s --reduction-tree="traversal-mode=0 test=%S/Inputs/has-decode.sh" \
// RUN:   | FileCheck %s

// CHECK-NOT: @unrelated
// CHECK: compress.decode
// CHECK-NOT: @unrelated

!w = !compress.tensor<4x8xf32, #compress.scheme<storage = #compress.affine<i8>>>

func.func @unrelated(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  return %x : tensor<4x8xf32>
}

func.func @faulty(%w: !w) {
  %0 = compress.decode %w : !w -> tensor<4x8xf32>
  return
}
