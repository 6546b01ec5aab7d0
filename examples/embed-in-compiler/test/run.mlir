// Lowered to linalg, the dense and the compressed model run, and agree.

// RUN: minic %s --lower -o %t.dense.mlir
// RUN: minic %s --quantize=w8a16 --lower -o %t.small.mlir
// RUN: minic %s --quantize=w8a16 --prune=2:4 --lower -o %t.pruned.mlir
// RUN: FileCheck %s --check-prefix=LOWERED < %t.small.mlir
// LOWERED-NOT: = mini.
// LOWERED: compress.contract

// The weights are integers, of which the greatest in a row is 127: int8 with a
// scale of 1 holds them as they are. 2:4 removes the zeros only. What remains is the
// rounding of sums of four products in f32, 2^-24 of the greatest each: 120 dB and
// more.
// EXACT: y {{.*}} {{inf|1[2-9][0-9]\.[0-9]+}} {{.*}} 100.00%
// RUN: compress-run %t.small.mlir --reference=%t.dense.mlir --batch=5 | FileCheck %s --check-prefix=EXACT
// RUN: compress-run %t.pruned.mlir --reference=%t.dense.mlir --batch=5 | FileCheck %s --check-prefix=EXACT

func.func @main(%x: tensor<?x8xf32> {compress.name = "x"})
    -> (tensor<?x2xf32> {compress.name = "y"}) {
  %w = mini.weight dense<[[1.0, 0.0], [0.0, -127.0], [0.0, 6.0], [127.0, 0.0],
                          [0.0, 4.0], [6.0, 0.0], [7.0, 0.0], [0.0, 1.0]]> : tensor<8x2xf32>
  %t = mini.transpose %w : (tensor<8x2xf32>) -> tensor<2x8xf32>
  %y = mini.linear %x, %t : (tensor<?x8xf32>, tensor<2x8xf32>) -> tensor<?x2xf32>
  %r = mini.relu %y : tensor<?x2xf32>
  return %r : tensor<?x2xf32>
}
