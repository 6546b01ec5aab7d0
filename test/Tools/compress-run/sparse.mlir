// A pruned network, folded and fused, gives what its prunes give at run time, bit
// for bit: f32 storage is exact, and both multiply in the same order.

// RUN: rm -rf %t && mkdir %t && cp %s %t/m.mlir
// RUN: %python %src_root/test/Inputs/safetensors_tool.py write %t/w.safetensors 'a=F32[12x16]:ramp' 'b=F32[16x8]:ramp'
// RUN: for pattern in 2:4 1:4 2:4t 0.7 block:5x3@0.6 '{pattern: 0.5, format: csr}' '{pattern: 0.625, budget: row}' '{pattern: 0.8, budget: global}'; do \
// RUN:   compress-opt %t/m.mlir --compress-prune="rule=$pattern" -o %t/runtime.mlir \
// RUN:   && compress-opt %t/runtime.mlir --compress-fold --compress-fuse -o %t/folded.mlir \
// RUN:   && FileCheck %s --input-file=%t/folded.mlir \
// RUN:   && compress-run %t/folded.mlir --reference=%t/runtime.mlir --batch=3 | FileCheck %s --check-prefix=SAME || exit 1; \
// RUN: done

// CHECK-NOT: compress.prune #
// CHECK-COUNT-2: compress.contract
// CHECK-NOT: compress.prune #
// SAME: y {{ *}}0 {{ *}}inf {{ *}}1.00000000

func.func @main(%x: tensor<3x12xf32>) -> (tensor<3x8xf32> {compress.name = "y"}) {
  %zero = arith.constant 0.0 : f32
  %a = arith.constant #compress.external<"w.safetensors", "a"> : tensor<12x16xf32>
  %b = arith.constant #compress.external<"w.safetensors", "b"> : tensor<16x8xf32>
  %0 = tensor.empty() : tensor<3x16xf32>
  %1 = linalg.fill ins(%zero : f32) outs(%0 : tensor<3x16xf32>) -> tensor<3x16xf32>
  %2 = linalg.matmul ins(%x, %a : tensor<3x12xf32>, tensor<12x16xf32>) outs(%1 : tensor<3x16xf32>) -> tensor<3x16xf32>
  %3 = tensor.empty() : tensor<3x8xf32>
  %4 = linalg.fill ins(%zero : f32) outs(%3 : tensor<3x8xf32>) -> tensor<3x8xf32>
  %5 = linalg.matmul ins(%2, %b : tensor<3x16xf32>, tensor<16x8xf32>) outs(%4 : tensor<3x8xf32>) -> tensor<3x8xf32>
  return %5 : tensor<3x8xf32>
}
