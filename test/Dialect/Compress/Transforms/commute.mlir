// Prune and quantize give the same module in either order, plan included.

// RUN: compress-opt %s --compress-prune --compress-quantize -o %t.a
// RUN: compress-opt %s --compress-quantize --compress-prune -o %t.b
// RUN: diff %t.a %t.b
// RUN: compress-opt %s --compress-prune --compress-quantize=rule=w8a8 -o %t.c
// RUN: compress-opt %s --compress-quantize=rule=w8a8 --compress-prune -o %t.d
// RUN: diff %t.c %t.d
// RUN: for pattern in 2:2t 0.5 block:2x1@0.5 '{pattern: 0.5, format: csr, budget: row}' '{pattern: 0.4, budget: global}'; do \
// RUN:   for preset in w8a16 w4a16 w8a8; do \
// RUN:     compress-opt %s --compress-prune="rule=$pattern" --compress-quantize=rule=$preset -o %t.e \
// RUN:     && compress-opt %s --compress-quantize=rule=$preset --compress-prune="rule=$pattern" -o %t.f \
// RUN:     && diff %t.e %t.f && FileCheck %s --input-file=%t.e --check-prefix=PRUNED || exit 1; \
// RUN:   done; \
// RUN: done
// RUN: FileCheck %s --input-file=%t.a
// RUN: FileCheck %s --input-file=%t.c --check-prefix=BOTH

// PRUNED-LABEL: func.func @main
// PRUNED: %[[P:.*]] = compress.prune {{.*}}, %{{.*}}
// PRUNED: compress.encode %[[P]]
// PRUNED-LABEL: func.func @other
// PRUNED: compress.prune

// A weight that two ops share is compressed once; a second function has its own.

// CHECK-LABEL: func.func @main
// CHECK: %[[P:.*]] = compress.prune #compress.nm<2:4, axis = 0>, %{{.*}}
// CHECK: %[[E:.*]] = compress.encode %[[P]]
// CHECK: %[[D:.*]] = compress.decode %[[E]]
// CHECK-NOT: compress.encode
// CHECK: linalg.matmul {{.*}}, %[[D]] :
// CHECK: linalg.matmul {{.*}}, %[[D]] :
// CHECK-LABEL: func.func @other
// CHECK: compress.prune #compress.nm<2:4, axis = 1>

// The shared input is quantized once.
// BOTH-LABEL: func.func @main
// BOTH-COUNT-2: compress.choose_qparams
// BOTH-NOT: compress.choose_qparams
// BOTH-LABEL: func.func @other

func.func @main(%x: tensor<?x4xf32>, %y: tensor<?x4xf32>, %c: tensor<?x2xf32>) -> (tensor<?x2xf32>, tensor<?x2xf32>) {
  %w = arith.constant dense<[[1.0, 2.0], [3.0, -4.0], [0.5, 8.0], [-7.0, 0.25]]> : tensor<4x2xf32>
  %0 = linalg.matmul ins(%x, %w : tensor<?x4xf32>, tensor<4x2xf32>) outs(%c : tensor<?x2xf32>) -> tensor<?x2xf32>
  %1 = linalg.matmul ins(%y, %w : tensor<?x4xf32>, tensor<4x2xf32>) outs(%c : tensor<?x2xf32>) -> tensor<?x2xf32>
  return %0, %1 : tensor<?x2xf32>, tensor<?x2xf32>
}
func.func @other(%x: tensor<4xf32>, %c: tensor<2xf32>) -> tensor<2xf32> {
  %w = arith.constant dense<[[1.0, 2.0, 3.0, -4.0], [0.5, 8.0, -7.0, 0.25]]> : tensor<2x4xf32>
  %0 = linalg.matvec ins(%w, %x : tensor<2x4xf32>, tensor<4xf32>) outs(%c : tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}
