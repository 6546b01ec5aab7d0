// What stages leave alone, with a remark, and what they reject.

// RUN: rm -rf %t && split-file %s %t
// RUN: compress-opt %t/left.mlir --compress-prune --remarks-filter='compress' 2>&1 >/dev/null | FileCheck %t/left.mlir
// RUN: compress-opt %t/left.mlir --compress-quantize='rule={ignore: [ignored]}' --remarks-filter='compress' 2>&1 >/dev/null | FileCheck %t/left.mlir --check-prefix=QUANT
// RUN: not compress-opt %t/left.mlir --compress-prune='rule={targets: [nothing, "re:xo.*"]}' 2>&1 | FileCheck %s --check-prefix=MATCH
// RUN: not compress-opt %t/left.mlir --compress-quantize='rule={ignore: [nothing]}' 2>&1 | FileCheck %s --check-prefix=MATCHQ
// RUN: not compress-opt %t/left.mlir --compress-prune='rule={targets: [odd]}' 2>&1 | FileCheck %s --check-prefix=TARGET
// RUN: not compress-opt %t/left.mlir --compress-quantize='rule={targets: [none]}' 2>&1 | FileCheck %s --check-prefix=TARGETQ
// RUN: not compress-opt %t/left.mlir --compress-quantize=rule=w9 2>&1 | FileCheck %s --check-prefix=PRESET
// RUN: not compress-opt %t/left.mlir --compress-prune=rule=4:2 2>&1 | FileCheck %s --check-prefix=PATTERN

// MATCH: error: stage 'prune': no site, weight or op matches 'nothing', 're:xo.*'
// MATCH: note: there are 4 sites
// MATCHQ: error: stage 'quantize': no site, weight or op matches 'nothing'
// TARGET: error: stage 'prune' names 'odd', but it cannot be compressed: {{.*}}remove it from the targets
// TARGETQ: error: stage 'quantize' names 'none', but it cannot be compressed: no operand is a weight
// PRESET: error: stage 'quantize': unknown preset 'w9'; known are w8a16, {{.*}}nf4
// PATTERN: error: stage 'prune': pattern n:m must have 0 < n <= m <= 256, found '4:2'

//--- left.mlir

// CHECK: [Missed] stays-dense {{.*}}Reason="{{.*}}4{{.*}}'odd' stays dense
// CHECK: [Missed] stays-dense {{.*}}no operand is a weight{{.*}}'none' stays dense
// CHECK: [Missed] stays-dense {{.*}}mutable global{{.*}}'mutable' stays dense
// CHECK: [Passed] compressed {{.*}}'ignored' is compressed

// QUANT: [Passed] compressed {{.*}}'odd' is compressed
// QUANT: [Missed] stays-dense {{.*}}no operand is a weight{{.*}}'none' stays dense
// QUANT: [Missed] stays-dense {{.*}}mutable global{{.*}}'mutable' stays dense
// QUANT: [Missed] stays-dense {{.*}}ignored by stage 'quantize'{{.*}}'ignored' stays dense

ml_program.global private mutable @m(dense<[[1.0], [2.0], [3.0], [4.0]]> : tensor<4x1xf32>) : tensor<4x1xf32>
func.func @main(%x: tensor<1x3xf32>, %y: tensor<1x4xf32>, %z: tensor<4x1xf32>, %c: tensor<1x1xf32>) -> tensor<1x1xf32> {
  %w = arith.constant dense<[[1.0], [2.0], [3.0]]> : tensor<3x1xf32>
  %v = arith.constant dense<[[1.0], [2.0], [3.0], [4.0]]> : tensor<4x1xf32>
  %m = ml_program.global_load @m : tensor<4x1xf32>
  %0 = linalg.matmul {compress.site = "odd"} ins(%x, %w : tensor<1x3xf32>, tensor<3x1xf32>) outs(%c : tensor<1x1xf32>) -> tensor<1x1xf32>
  %1 = linalg.matmul {compress.site = "none"} ins(%y, %z : tensor<1x4xf32>, tensor<4x1xf32>) outs(%0 : tensor<1x1xf32>) -> tensor<1x1xf32>
  %2 = linalg.matmul {compress.site = "mutable"} ins(%y, %m : tensor<1x4xf32>, tensor<4x1xf32>) outs(%1 : tensor<1x1xf32>) -> tensor<1x1xf32>
  %3 = linalg.matmul {compress.site = "ignored"} ins(%y, %v : tensor<1x4xf32>, tensor<4x1xf32>) outs(%2 : tensor<1x1xf32>) -> tensor<1x1xf32>
  return %3 : tensor<1x1xf32>
}
