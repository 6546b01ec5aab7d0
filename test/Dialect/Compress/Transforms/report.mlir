// The report as text and as JSON, and where it goes.

// RUN: rm -rf %t && mkdir %t
// RUN: compress-opt %s --pass-pipeline='builtin.module(compress-quantize{rule={preset: w8a8, ignore: [sparse, kept]}},compress-prune{rule={targets: [sparse]}},compress-fold,compress-report{output=%t/out})' \
// RUN:   -o %t/module.mlir 2>&1 | count 0
// RUN: FileCheck %s --check-prefix=TEXT --match-full-lines --strict-whitespace < %t/out/report.txt
// RUN: FileCheck %s --check-prefix=JSON < %t/out/report.json

// The module carries the plan, so that the report can be written later: without
// a directory to the standard error, with `-` to the standard output.
// RUN: compress-opt %t/module.mlir --compress-report -o %t/same.mlir 2>%t/stderr.txt | count 0
// RUN: diff %t/out/report.txt %t/stderr.txt
// RUN: diff %t/module.mlir %t/same.mlir
// RUN: compress-opt %t/module.mlir --compress-report=output=- -o %t/same.mlir 2>%t/empty.txt >%t/stdout.txt
// RUN: diff %t/out/report.txt %t/stdout.txt
// RUN: count 0 < %t/empty.txt

// Without compress-fold, sizes are those of the types, and nothing is measured.
// RUN: compress-opt %s --pass-pipeline='builtin.module(compress-prune{rule={targets: [sparse]}},compress-report)' 2>&1 >%t/planned.mlir \
// RUN:   | FileCheck %s --check-prefix=PLANNED

// Without a plan there are no sites.
// RUN: compress-opt %s --compress-report 2>&1 >%t/none.mlir | FileCheck %s --check-prefix=NOTHING
// NOTHING: 0 of 0 sites compressed; 0 -> 0 bytes{{$}}

// A directory that cannot be made is an error.
// RUN: touch %t/file
// RUN: not compress-opt %s --compress-report=output=%t/file/out 2>&1 | FileCheck %s --check-prefix=ERROR
// ERROR: error: cannot write the report to '{{.*}}file/out':

// first: 8x2 integers of a byte and two scales of four: 16 + 8 = 24 bytes, 12
// bits each, against 64 bytes of f32. Each column's largest value is 127, so that
// the integers are the values. `again` reads the same, and counts once.
//
// sparse: 2 of 4 values of four bytes, and two rows of indices of a byte each:
// 10 bytes, 20 bits each. It loses two 1s of 4, 3, 1, 1: 10 log10(27 / 2) =
// 11.30 dB, a mean square of 2 / 4.
//
// kept: 64 bytes as they are. Totals: 64 + 16 + 64 and 24 + 10 + 64; 144 / 98 is
// 1.47. Folding holds 64 + 24 bytes of the first weight.

//      TEXT:site     bits        dense        bytes   zeros    SQNR  scheme, or why it stays dense
// TEXT-NEXT:first   12.00           64           24    0.0%   exact  #compress.scheme<storage = #compress.affine<i8, block = [*, 1]>>; activations #compress.affine<i8, block = [1, *]>{{.*}}
// TEXT-NEXT:again   12.00           64           24       -       -  #compress.scheme<storage = #compress.affine<i8, block = [*, 1]>>; activations #compress.affine<i8, block = [1, *]>; shared with first{{.*}}
// TEXT-NEXT:none        -            -            -       -       -  prune: not among the targets of stage 'prune'; quantize: no operand is a weight: {{.*}}
// TEXT-NEXT:sparse  20.00           16           10   50.0%   11.30  #compress.scheme<sparsity = #compress.nm<2:4, axis = 0>, storage = #compress.float<f32>>{{.*}}
// TEXT-NEXT:kept    32.00           64           64       -       -  prune: not among the targets of stage 'prune'; quantize: ignored by stage 'quantize'
// TEXT-NEXT:3 of 5 sites compressed; 144 -> 98 bytes (1.47x smaller)
// TEXT-NEXT:folding into a weights file holds at most 88 bytes of weights at a time
//  TEXT-NOT:{{.}}

//      JSON: "version": 1,
//      JSON: "site": "first",
// JSON-NEXT: "op": "linalg.matmul",
// JSON-NEXT: "weight": null,
// JSON-NEXT: "scheme": "#compress.scheme<storage = #compress.affine<i8, block = [*, 1]>>",
// JSON-NEXT: "activation": "#compress.affine<i8, block = [1, *]>",
// JSON-NEXT: "reason": "prune: not among the targets of stage 'prune'",
// JSON-NEXT: "shared_with": null,
// JSON-NEXT: "shape": [
// JSON-NEXT:   8,
// JSON-NEXT:   2
// JSON-NEXT: ],
// JSON-NEXT: "dense_bytes": 64,
// JSON-NEXT: "bytes": 24,
// JSON-NEXT: "effective_bits": 12,
// JSON-NEXT: "zeros": 0,
// JSON-NEXT: "saturated": 0,
// JSON-NEXT: "max_abs_error": 0,
// JSON-NEXT: "mse": 0,
// JSON-NEXT: "sqnr_db": null
// JSON-NEXT: }
//      JSON: "site": "again",
//      JSON: "shared_with": "first",
//  JSON-NOT: "zeros"
//      JSON: "site": "none",
//      JSON: "reason": "prune: not among the targets of stage 'prune'; quantize: no operand is a weight
// JSON-NEXT: "shared_with": null
// JSON-NEXT: }
//      JSON: "site": "sparse",
//      JSON: "zeros": 0.5,
// JSON-NEXT: "saturated": 0,
// JSON-NEXT: "max_abs_error": 1,
// JSON-NEXT: "mse": 0.5,
// JSON-NEXT: "sqnr_db": 11.303{{[0-9]+$}}
//      JSON: "site": "kept",
// JSON-NEXT: "op": "linalg.matmul",
// JSON-NEXT: "weight": "res",
// JSON-NEXT: "scheme": null,
// JSON-NEXT: "activation": null,
// JSON-NEXT: "reason": "prune: not among the targets of stage 'prune'; quantize: ignored by stage 'quantize'",
//      JSON: "bytes": 64,
// JSON-NEXT: "effective_bits": 32
// JSON-NEXT: }
//      JSON: "totals": {
// JSON-NEXT: "sites": 5,
// JSON-NEXT: "compressed": 3,
// JSON-NEXT: "dense_bytes": 144,
// JSON-NEXT: "bytes": 98,
// JSON-NEXT: "fold_memory_bytes": 88
// JSON-NEXT: }

// PLANNED: {{^}}sparse  20.00           16           10       -       -  #compress.scheme<
func.func @main(%x: tensor<1x8xf32>, %z: tensor<1x4xf32>, %y: tensor<8x2xf32>, %init: tensor<1x2xf32>, %one: tensor<1x1xf32>)
    -> (tensor<1x2xf32>, tensor<1x2xf32>, tensor<1x2xf32>, tensor<1x1xf32>, tensor<1x2xf32>) {
  %w = arith.constant dense<[[127.0, 127.0], [1.0, 2.0], [3.0, 4.0], [5.0, 6.0],
                             [7.0, 8.0], [9.0, 10.0], [11.0, 12.0], [13.0, 14.0]]> : tensor<8x2xf32>
  %s = arith.constant dense<[[4.0], [3.0], [1.0], [1.0]]> : tensor<4x1xf32>
  %r = arith.constant dense_resource<res> : tensor<8x2xf32>
  %0 = linalg.matmul {compress.site = "first"} ins(%x, %w : tensor<1x8xf32>, tensor<8x2xf32>)
      outs(%init : tensor<1x2xf32>) -> tensor<1x2xf32>
  %1 = linalg.matmul {compress.site = "again"} ins(%x, %w : tensor<1x8xf32>, tensor<8x2xf32>)
      outs(%init : tensor<1x2xf32>) -> tensor<1x2xf32>
  %2 = linalg.matmul {compress.site = "none"} ins(%x, %y : tensor<1x8xf32>, tensor<8x2xf32>)
      outs(%init : tensor<1x2xf32>) -> tensor<1x2xf32>
  %3 = linalg.matmul {compress.site = "sparse"} ins(%z, %s : tensor<1x4xf32>, tensor<4x1xf32>)
      outs(%one : tensor<1x1xf32>) -> tensor<1x1xf32>
  %4 = linalg.matmul {compress.site = "kept"} ins(%x, %r : tensor<1x8xf32>, tensor<8x2xf32>)
      outs(%init : tensor<1x2xf32>) -> tensor<1x2xf32>
  return %0, %1, %2, %3, %4 : tensor<1x2xf32>, tensor<1x2xf32>, tensor<1x2xf32>, tensor<1x1xf32>, tensor<1x2xf32>
}
{-# dialect_resources: { builtin: {
  res: "0x040000000000803F0000004000004040000080400000803F0000004000004040000080400000803F0000004000004040000080400000803F000000400000404000008040"
} } #-}
