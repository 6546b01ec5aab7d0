// RUN: rm -rf %t && split-file %s %t
// RUN: compress-opt %t/numbers.mlir --compress-fold | FileCheck %t/numbers.mlir
// RUN: %python %src_root/test/Inputs/safetensors_tool.py write %t/w.safetensors 'bound=F32[4x2]:1,2,3,-4,0.5,8,-7,0.25' 'key=F32[4x2]:ramp' 'kept=F32[4x2]:ramp'
// RUN: compress-opt %t/sources.mlir --compress-fold=weights-out=%t/out.safetensors | FileCheck %t/sources.mlir
// RUN: %python %src_root/test/Inputs/safetensors_tool.py dump %t/out.safetensors | FileCheck %t/sources.mlir --check-prefix=FILE
// RUN: compress-opt %t/sources.mlir --compress-fold | FileCheck %t/sources.mlir --check-prefix=STAYS

//--- numbers.mlir

// Column 0: amax 7, scale 7/127: 1 -> 18.1, 3 -> 54.4, 0.5 -> 9.07, -7 -> -127.
// Column 1: amax 8, scale 8/127: 2 -> 31.75, -4 -> -63.5, ties to -64, 8 -> 127,
// 0.25 -> 3.97.

// CHECK-LABEL: func.func @dense
// CHECK-DAG: arith.constant dense<{{\[\[}}18, 32], [54, -64], [9, 127], [-127, 4]]> : tensor<4x2xi8>
// CHECK-DAG: arith.constant dense<{{\[\[}}0.05511811, 0.0629921257]]> : tensor<1x2xf32>
// CHECK: compress.assemble
// CHECK-NOT: compress.encode
!d = !compress.tensor<4x2xf32, #compress.scheme<storage = #compress.affine<i8, block = [*, 1]>>>
func.func @dense() -> !d {
  %w = arith.constant dense<[[1.0, 2.0], [3.0, -4.0], [0.5, 8.0], [-7.0, 0.25]]> : tensor<4x2xf32>
  %e = compress.encode %w : tensor<4x2xf32> -> !d
  return %e : !d
}

// 2:4 keeps rows 1 and 3 of column 0, rows 1 and 2 of column 1. A row of indices
// has two of 2 bits: 1 | 1 << 2 = 5, 3 | 2 << 2 = 11.

// CHECK-LABEL: func.func @sparse
// CHECK-DAG: arith.constant dense<{{\[\[}}54, -64], [-127, 127]]> : tensor<2x2xi8>
// CHECK-DAG: arith.constant dense<{{\[\[}}5], [11]]> : tensor<2x1xi8>
!s = !compress.tensor<4x2xf32, #compress.scheme<sparsity = #compress.nm<2:4, axis = 0>, storage = #compress.affine<i8, block = [*, 1]>>>
func.func @sparse() -> !s {
  %w = arith.constant dense<[[1.0, 2.0], [3.0, -4.0], [0.5, 8.0], [-7.0, 0.25]]> : tensor<4x2xf32>
  %p = compress.prune #compress.nm<2:4, axis = 0>, %w : tensor<4x2xf32>
  %e = compress.encode %p : tensor<4x2xf32> -> !s
  return %e : !s
}

// A prune that nothing encodes.

// CHECK-LABEL: func.func @pruned
// CHECK-NEXT: arith.constant dense<{{\[\[}}0.{{[0e+]*}}, 0.{{[0e+]*}}], [3.{{[0e+]*}}, -4.{{[0e+]*}}], [0.{{[0e+]*}}, 8.{{[0e+]*}}], [-7.{{[0e+]*}}, 0.{{[0e+]*}}]]>
// CHECK-NEXT: return
func.func @pruned() -> tensor<4x2xf32> {
  %w = arith.constant dense<[[1.0, 2.0], [3.0, -4.0], [0.5, 8.0], [-7.0, 0.25]]> : tensor<4x2xf32>
  %p = compress.prune #compress.nm<2:4, axis = 0>, %w : tensor<4x2xf32>
  return %p : tensor<4x2xf32>
}

// Through a transpose and a reshape: the columns of the weight are its rows.

// CHECK-LABEL: func.func @views
// CHECK-NOT: linalg.transpose
// CHECK-NOT: tensor.expand_shape
// CHECK-DAG: arith.constant dense<{{\[\[\[}}18, 54, 9, -127]], {{\[\[}}32, -64, 127, 4]]]> : tensor<2x1x4xi8>
!v = !compress.tensor<2x1x4xf32, #compress.scheme<storage = #compress.affine<i8, block = [1, *, *]>>>
func.func @views() -> !v {
  %w = arith.constant dense<[[1.0, 2.0], [3.0, -4.0], [0.5, 8.0], [-7.0, 0.25]]> : tensor<4x2xf32>
  %i = tensor.empty() : tensor<2x4xf32>
  %t = linalg.transpose ins(%w : tensor<4x2xf32>) outs(%i : tensor<2x4xf32>) permutation = [1, 0]
  %x = tensor.expand_shape %t [[0], [1, 2]] output_shape [2, 1, 4] : tensor<2x4xf32> into tensor<2x1x4xf32>
  %e = compress.encode %x : tensor<2x1x4xf32> -> !v
  return %e : !v
}

// What is computed at run time stays.

// CHECK-LABEL: func.func @activation
// CHECK: compress.encode %arg0
func.func @activation(%w: tensor<4x2xf32>) -> !d {
  %e = compress.encode %w : tensor<4x2xf32> -> !d
  return %e : !d
}

// More than 256 bytes become a resource.

// CHECK-LABEL: func.func @big
// CHECK: arith.constant dense_resource<big.values> : tensor<257xi8>
!b = !compress.tensor<257xf32, #compress.scheme<storage = #compress.affine<i8>>>
func.func @big() -> !b {
  %w = arith.constant dense<3.0> : tensor<257xf32>
  %e = compress.encode %w {compress.site = "big"} : tensor<257xf32> -> !b
  return %e : !b
}

//--- sources.mlir

// Each kind of weight goes to the file, what is read no more does not.

// FILE-DAG: bound.scales=F32[1x2]:0.0551181,0.0629921
// FILE-DAG: bound.values=I8[4x2]:18,32,54,-64,9,127,-127,4
// FILE-DAG: key.values=I8[4x2]:-127,-127,-64,-42,0,42,64,127
// FILE-DAG: res.values=I8[4x2]:42,64,127,127,-42,-64,-127,-127
// FILE-DAG: globres.values=I8[4x2]:18,32,54,-64,9,127,-127,4
// FILE-DAG: kept=F32[4x2]:
// FILE-NOT: bound=
// FILE-NOT: key=
// FILE-NOT: globres=

// CHECK-NOT: ml_program.global
// CHECK-LABEL: func.func @main
// CHECK-SAME: tensor<4x2xi8> {compress.external = #compress.external<"out.safetensors", "bound.values", {{[0-9]+}}> : tensor<4x2xi8>, compress.name = "bound.values"}
// CHECK-SAME: tensor<1x2xf32> {compress.external = #compress.external<"out.safetensors", "bound.scales", {{[0-9]+}}> : tensor<1x2xf32>, compress.name = "bound.scales"}
// CHECK-NOT: w.safetensors
// CHECK-DAG: #compress.external<"out.safetensors", "key.values", {{[0-9]+}}>
// CHECK-DAG: #compress.external<"out.safetensors", "kept", {{[0-9]+}}>

// An argument needs a file.
// STAYS: reasons = {fold = "it is an argument bound to a file: give weights-out"
// STAYS: compress.encode %arg0
// STAYS-NOT: compress.encode

!d = !compress.tensor<4x2xf32, #compress.scheme<storage = #compress.affine<i8, block = [*, 1]>>>
ml_program.global private @glob(dense_resource<globres> : tensor<4x2xf32>) : tensor<4x2xf32>
func.func @main(%a: tensor<4x2xf32> {compress.name = "bound",
    compress.external = #compress.external<"w.safetensors", "bound"> : tensor<4x2xf32>})
    -> (!d, !d, !d, !d, tensor<4x2xf32>) {
  %k = arith.constant #compress.external<"w.safetensors", "key"> : tensor<4x2xf32>
  %r = arith.constant dense_resource<res> : tensor<4x2xf32>
  %g = ml_program.global_load_const @glob : tensor<4x2xf32>
  %kept = arith.constant #compress.external<"w.safetensors", "kept"> : tensor<4x2xf32>
  %0 = compress.encode %a {compress.site = "a"} : tensor<4x2xf32> -> !d
  %1 = compress.encode %k : tensor<4x2xf32> -> !d
  %2 = compress.encode %r : tensor<4x2xf32> -> !d
  %3 = compress.encode %g : tensor<4x2xf32> -> !d
  return %0, %1, %2, %3, %kept : !d, !d, !d, !d, tensor<4x2xf32>
}
{-# dialect_resources: { builtin: {
  res: "0x040000000000803F000000400000404000008040000080BF000000C0000040C0000080C0",
  globres: "0x040000000000803F0000004000004040000080C00000003F000000410000E0C00000803E"
} } #-}
