// RUN: compress-opt %s --compress-normalize | FileCheck %s

// Without uses: a private global goes, a public and a read one stay.

// CHECK-NOT: @unused
// CHECK: ml_program.global private @read
// CHECK: ml_program.global public @visible
ml_program.global private @unused(dense<[1.0, 2.0]> : tensor<2xf32>) : tensor<2xf32>
ml_program.global private @read(dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>) : tensor<2x2xf32>
ml_program.global public @visible(dense<[5.0, 6.0]> : tensor<2xf32>) : tensor<2xf32>

// A site's name is its location's, else its weight's, else the function's and
// op's; a repeated one gets a number, a name that is there stays.

// CHECK-LABEL: func.func @names
// CHECK: linalg.matmul {compress.site = "layer"}
// CHECK: linalg.matmul {compress.site = "layer#2"}
// CHECK: linalg.matmul {compress.site = "read"}
// CHECK: linalg.matmul {compress.site = "bound"}
// CHECK: linalg.matmul {compress.site = "key"}
// CHECK: linalg.matmul {compress.site = "names/linalg.matmul_{{[0-9]+}}"}
// CHECK: linalg.matmul {compress.site = "kept"}
func.func @names(%x: tensor<2x2xf32>, %a: tensor<2x2xf32> {compress.name = "bound",
    compress.external = #compress.external<"w.safetensors", "other"> : tensor<2x2xf32>}) -> tensor<2x2xf32> {
  %w = arith.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %g = ml_program.global_load_const @read : tensor<2x2xf32>
  %e = arith.constant #compress.external<"w.safetensors", "key"> : tensor<2x2xf32>
  %0 = linalg.matmul ins(%x, %w : tensor<2x2xf32>, tensor<2x2xf32>) outs(%x : tensor<2x2xf32>) -> tensor<2x2xf32> loc("layer")
  %1 = linalg.matmul ins(%0, %w : tensor<2x2xf32>, tensor<2x2xf32>) outs(%x : tensor<2x2xf32>) -> tensor<2x2xf32> loc("layer")
  %2 = linalg.matmul ins(%1, %g : tensor<2x2xf32>, tensor<2x2xf32>) outs(%x : tensor<2x2xf32>) -> tensor<2x2xf32>
  %3 = linalg.matmul ins(%2, %a : tensor<2x2xf32>, tensor<2x2xf32>) outs(%x : tensor<2x2xf32>) -> tensor<2x2xf32>
  %4 = linalg.matmul ins(%3, %e : tensor<2x2xf32>, tensor<2x2xf32>) outs(%x : tensor<2x2xf32>) -> tensor<2x2xf32>
  %5 = linalg.matmul ins(%4, %w : tensor<2x2xf32>, tensor<2x2xf32>) outs(%x : tensor<2x2xf32>) -> tensor<2x2xf32>
  %6 = linalg.matmul {compress.site = "kept"} ins(%5, %w : tensor<2x2xf32>, tensor<2x2xf32>) outs(%x : tensor<2x2xf32>) -> tensor<2x2xf32> loc("layer")
  return %6 : tensor<2x2xf32>
}

// [1, 2, 0] after [2, 0, 1] is the identity; [1, 2, 0] twice is [2, 0, 1].

// CHECK-LABEL: func.func @transposes
// CHECK-SAME: %[[X:.*]]: tensor<2x3x4xf32>
// CHECK: %[[T:.*]] = linalg.transpose ins(%[[X]] : tensor<2x3x4xf32>) {{.*}} permutation = [2, 0, 1]
// CHECK-NOT: linalg.transpose
// CHECK: return %[[X]], %[[T]]
func.func @transposes(%x: tensor<2x3x4xf32>) -> (tensor<2x3x4xf32>, tensor<4x2x3xf32>) {
  %i = tensor.empty() : tensor<4x2x3xf32>
  %j = tensor.empty() : tensor<2x3x4xf32>
  %k = tensor.empty() : tensor<3x4x2xf32>
  %a = linalg.transpose ins(%x : tensor<2x3x4xf32>) outs(%i : tensor<4x2x3xf32>) permutation = [2, 0, 1]
  %b = linalg.transpose ins(%a : tensor<4x2x3xf32>) outs(%j : tensor<2x3x4xf32>) permutation = [1, 2, 0]
  %c = linalg.transpose ins(%x : tensor<2x3x4xf32>) outs(%k : tensor<3x4x2xf32>) permutation = [1, 2, 0]
  %d = linalg.transpose ins(%c : tensor<3x4x2xf32>) outs(%i : tensor<4x2x3xf32>) permutation = [1, 2, 0]
  return %b, %d : tensor<2x3x4xf32>, tensor<4x2x3xf32>
}

// Equal constants become one, and dead ones go; what computes stays as it is.

// CHECK-LABEL: func.func @weights
// CHECK-NEXT: %[[W:.*]] = arith.constant dense<[1.{{.*}}, 2.{{.*}}]>
// CHECK-NEXT: %[[S:.*]] = arith.addf
// CHECK-NEXT: %[[T:.*]] = arith.addf
// CHECK-NEXT: return %[[W]], %[[W]], %[[S]], %[[T]]
func.func @weights(%x: f32) -> (tensor<2xf32>, tensor<2xf32>, f32, f32) {
  %a = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %b = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %dead = arith.constant dense<[3.0, 2.0]> : tensor<2xf32>
  %s = arith.addf %x, %x : f32
  %t = arith.addf %x, %x : f32
  return %a, %b, %s, %t : tensor<2xf32>, tensor<2xf32>, f32, f32
}
