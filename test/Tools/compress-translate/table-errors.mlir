// RUN: rm -rf %t && mkdir %t
// RUN: not compress-translate %s --target=cuda --chip=sm_80 --table=%t/table.json -o %t/out.ptx 2>&1 | FileCheck %s
// RUN: not ls %t/out.ptx
// RUN: not ls %t/table.json
// RUN: compress-translate %s --target=cuda --chip=sm_80 | FileCheck %s --check-prefix=PTX

// A loop on the host has kernels, but no table.

// PTX: .visible .entry loop_point(
func.func @loop(%x: tensor<64xf32>) -> tensor<64xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  // CHECK: table-errors.mlir:[[#@LINE+1]]:8: error: a launch table cannot say a loop; leave the table out
  %y = scf.for %i = %c0 to %c3 step %c1 iter_args(%v = %x) -> tensor<64xf32> {
    %e = tensor.empty() : tensor<64xf32>
    %n = linalg.exp ins(%v : tensor<64xf32>) outs(%e : tensor<64xf32>) -> tensor<64xf32>
    scf.yield %n : tensor<64xf32>
  }
  return %y : tensor<64xf32>
}
