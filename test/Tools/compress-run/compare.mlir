// RUN: rm -rf %t && split-file %s %t
// RUN: compress-run %t/a.mlir --reference=%t/b.mlir --json=%t/out.json | FileCheck %s
// RUN: FileCheck %s --check-prefix=JSON --input-file=%t/out.json
// RUN: compress-run %t/a.mlir --reference=%t/b.mlir --bench=3 --json=%t/bench.json | FileCheck %s --check-prefix=BENCH
// RUN: FileCheck %s --check-prefix=BENCHJSON --input-file=%t/bench.json
// RUN: compress-run %t/a.mlir --bench=3 | FileCheck %s --check-prefix=ALONE
// RUN: not compress-run %t/a.mlir --reference=%t/shape.mlir 2>&1 | FileCheck %s --check-prefix=SHAPE
// RUN: not compress-run %t/a.mlir --reference=%t/name.mlir 2>&1 | FileCheck %s --check-prefix=NAME

// The outputs are [3, 4], [8, 7] and [0, 5], [6, 8]: the largest difference is
// 3; signal 125, noise 9 + 1 + 4 + 1 = 15, 10 log10(125 / 15) = 9.21 dB; cosine
// 124 / sqrt(138 * 125) = 0.94411; the second row's largest element moved.

// CHECK:      output {{.*}}max error {{.*}}SQNR dB {{.*}}cosine {{.*}}top-1
// CHECK-NEXT: y {{ *}}3 {{ *}}9.21 {{ *}}0.94411{{[0-9]*}} {{ *}}50.00%
// CHECK-NEXT: same {{ *}}0 {{ *}}inf {{ *}}1.00000000 {{ *}}100.00%

// JSON-DAG: "version": 1
// JSON-DAG: "max_error": 3
// JSON-DAG: "top1_agreement": 0.5
// JSON-DAG: "sqnr_db": "inf"

// BENCH:     median of 3 runs: {{[0-9.]+}} ms, reference {{[0-9.]+}} ms, ratio {{[0-9.]+}}
// BENCHJSON-DAG: "ratio": {{[0-9.]+}}
// BENCHJSON-DAG: "runs": 3
// ALONE:     median of 3 runs: {{[0-9.]+}} ms
// ALONE-NOT: ratio
// SHAPE: error: output 'y' has shape [2, 2], but the reference's has [4]
// NAME:  error: the reference has no output 'y' to compare with

//--- a.mlir
func.func @main() -> (tensor<2x2xf32> {compress.name = "y"}, tensor<2xf32> {compress.name = "same"}) {
  %a = arith.constant dense<[[3.0, 4.0], [8.0, 7.0]]> : tensor<2x2xf32>
  %b = arith.constant dense<[0.0, 1.0]> : tensor<2xf32>
  return %a, %b : tensor<2x2xf32>, tensor<2xf32>
}

//--- b.mlir
func.func @main() -> (tensor<2x2xf32> {compress.name = "y"}, tensor<2xf32> {compress.name = "same"}) {
  %a = arith.constant dense<[[0.0, 5.0], [6.0, 8.0]]> : tensor<2x2xf32>
  %b = arith.constant dense<[0.0, 1.0]> : tensor<2xf32>
  return %a, %b : tensor<2x2xf32>, tensor<2xf32>
}

//--- shape.mlir
func.func @main() -> (tensor<4xf32> {compress.name = "y"}, tensor<2xf32> {compress.name = "same"}) {
  %a = arith.constant dense<[0.0, 5.0, 6.0, 8.0]> : tensor<4xf32>
  %b = arith.constant dense<[0.0, 1.0]> : tensor<2xf32>
  return %a, %b : tensor<4xf32>, tensor<2xf32>
}

//--- name.mlir
func.func @main() -> (tensor<2x2xf32> {compress.name = "z"}) {
  %a = arith.constant dense<[[0.0, 5.0], [6.0, 8.0]]> : tensor<2x2xf32>
  return %a : tensor<2x2xf32>
}
