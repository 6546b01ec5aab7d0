// What each key of the rule makes of the storage, and where it is put.

// RUN: rm -rf %t && split-file %s %t
// RUN: compress-opt %t/one.mlir --compress-quantize | FileCheck %t/one.mlir --check-prefix=W8A16
// RUN: compress-opt %t/one.mlir --compress-quantize=rule=w8a16 | FileCheck %t/one.mlir --check-prefix=W8A16
// RUN: compress-opt %t/one.mlir --compress-quantize=rule=w8a8 | FileCheck %t/one.mlir --check-prefix=W8A8
// RUN: compress-opt %t/one.mlir --compress-quantize=rule=w4a16 | FileCheck %t/one.mlir --check-prefix=W4A16

// RUN: compress-opt %t/one.mlir --compress-quantize='rule={num_bits: 3}' | FileCheck %s --check-prefix=BITS
// BITS: #compress.scheme<storage = #compress.affine<i3, block = [*, 1]>>
// RUN: compress-opt %t/one.mlir --compress-quantize='rule={symmetric: false}' | FileCheck %s --check-prefix=ASYMMETRIC
// ASYMMETRIC: #compress.scheme<storage = #compress.affine<i8, block = [*, 1], asymmetric>>
// RUN: compress-opt %t/one.mlir --compress-quantize='rule={type: float, num_bits: 16}' | FileCheck %s --check-prefix=F16
// F16: compress.encode %{{.*}} tensor<10x2xf32> -> !compress.tensor<10x2xf32, #compress.scheme<storage = #compress.float<f16>>>
// RUN: compress-opt %t/one.mlir --compress-quantize='rule={type: float, num_bits: 32}' | FileCheck %s --check-prefix=F32
// F32: compress.encode %{{.*}} #compress.scheme<storage = #compress.float<f32>>
// RUN: compress-opt %t/one.mlir --compress-quantize='rule={type: bfloat, num_bits: 16}' | FileCheck %s --check-prefix=BF16
// BF16: compress.encode %{{.*}} #compress.scheme<storage = #compress.float<bf16>>

// RUN: compress-opt %t/one.mlir --compress-quantize='rule={strategy: tensor}' | FileCheck %s --check-prefix=TENSOR
// TENSOR: #compress.scheme<storage = #compress.affine<i8>>
// Groups of 4 of 10 rows: the last one is shorter.
// RUN: compress-opt %t/one.mlir --compress-quantize='rule={strategy: group, group_size: 4}' | FileCheck %s --check-prefix=GROUP
// GROUP: #compress.scheme<storage = #compress.affine<i8, block = [4, 1]>>
// RUN: compress-opt %t/one.mlir --compress-quantize='rule={strategy: group, group_size: 9}' | FileCheck %s --check-prefix=NINE
// NINE: #compress.scheme<storage = #compress.affine<i8, block = [9, 1]>>
// A group of all rows is a channel.
// RUN: compress-opt %t/one.mlir --compress-quantize='rule={strategy: group, group_size: 10}' | FileCheck %s --check-prefix=TEN
// TEN: #compress.scheme<storage = #compress.affine<i8, block = [*, 1]>>
// RUN: compress-opt %t/one.mlir --compress-quantize='rule={preset: w4a16, group_size: 2, scale_dtype: bf16}' | FileCheck %s --check-prefix=OVERRIDE
// OVERRIDE: #compress.scheme<storage = #compress.affine<i4, block = [2, 1], scale = bf16>>

// Presets, and types that are no integers.
// RUN: compress-opt %t/one.mlir --compress-quantize='rule={preset: w3a16, group_size: 4}' | FileCheck %s --check-prefix=W3A16
// W3A16: #compress.scheme<storage = #compress.affine<i3, block = [4, 1], scale = f16>>
// RUN: compress-opt %t/one.mlir --compress-quantize='rule={preset: w2a16, group_size: 4}' | FileCheck %s --check-prefix=W2A16
// W2A16: #compress.scheme<storage = #compress.affine<i2, block = [4, 1], scale = f16>>
// RUN: compress-opt %t/one.mlir --compress-quantize=rule=fp8 | FileCheck %s --check-prefix=FP8
// FP8: #compress.scheme<storage = #compress.float<f8E4M3FN, block = [*, 1], scale = f32>>
// RUN: compress-opt %t/one.mlir --compress-quantize='rule={type: float_e5m2, strategy: tensor}' | FileCheck %s --check-prefix=E5M2
// E5M2: #compress.scheme<storage = #compress.float<f8E5M2, scale = f32>>
// RUN: compress-opt %t/one.mlir --compress-quantize='rule={preset: mxfp8, group_size: 8}' | FileCheck %s --check-prefix=MXFP8
// MXFP8: #compress.scheme<storage = #compress.float<f8E4M3FN, block = [8, 1], scale = f8E8M0FNU>>
// RUN: compress-opt %t/one.mlir --compress-quantize='rule={preset: mxfp4, group_size: 8}' | FileCheck %s --check-prefix=MXFP4
// MXFP4: #compress.scheme<storage = #compress.float<f4E2M1FN, block = [8, 1], scale = f8E8M0FNU>>
// RUN: compress-opt %t/one.mlir --compress-quantize='rule={preset: nvfp4, group_size: 8}' | FileCheck %s --check-prefix=NVFP4
// NVFP4: #compress.scheme<storage = #compress.float<f4E2M1FN, block = [8, 1], scale = f8E4M3FN, super = f32>>
// RUN: compress-opt %t/one.mlir --compress-quantize='rule={preset: nvfp4, group_size: 8, global_scale_dtype: bf16}' | FileCheck %s --check-prefix=SUPER
// SUPER: #compress.scheme<storage = #compress.float<f4E2M1FN, block = [8, 1], scale = f8E4M3FN, super = bf16>>
// RUN: compress-opt %t/one.mlir --compress-quantize='rule={preset: nf4, group_size: 8}' | FileCheck %s --check-prefix=NF4
// NF4: #compress.scheme<storage = #compress.codebook<nf4, block = [8, 1]>>
// RUN: compress-opt %t/one.mlir --compress-quantize=rule=ternary | FileCheck %s --check-prefix=TERNARY
// TERNARY: #compress.scheme<storage = #compress.codebook<ternary, block = [*, 1]>>
// RUN: compress-opt %t/one.mlir --compress-quantize=rule=kmeans4 | FileCheck %s --check-prefix=KMEANS4
// KMEANS4: #compress.scheme<storage = #compress.codebook<kmeans, i4, block = [*, 1], table = f16>>
// RUN: compress-opt %t/one.mlir --compress-quantize='rule={type: quantile, num_bits: 3, strategy: tensor, vector_size: 2}' | FileCheck %s --check-prefix=QUANTILE
// QUANTILE: #compress.scheme<storage = #compress.codebook<quantile, i3, vector = 2>>
// Blocks lie along the channels (2 of them) and the reduced dimension.
// RUN: compress-opt %t/one.mlir --compress-quantize='rule={strategy: block, block_structure: [1, 4]}' | FileCheck %s --check-prefix=BLOCK
// BLOCK: #compress.scheme<storage = #compress.affine<i8, block = [4, 1]>>
// RUN: compress-opt %t/one.mlir --compress-quantize='rule={strategy: block, scale_dtype: f8E5M2}' | FileCheck %s --check-prefix=WHOLE
// WHOLE: #compress.scheme<storage = #compress.affine<i8, scale = f8E5M2>>

// RUN: compress-opt %t/one.mlir --compress-quantize='rule={observer: mse}' | FileCheck %s --check-prefix=MSE
// MSE: compress.encode %{{.*}}observer = <mse>
// RUN: compress-opt %t/one.mlir --compress-quantize='rule={observer: percentile, percentile: 99}' | FileCheck %s --check-prefix=PERCENTILE
// PERCENTILE: compress.encode %{{.*}}observer = <percentile, 9.900000e+01>
// RUN: compress-opt %t/one.mlir --compress-quantize='rule={observer: minmax}' | FileCheck %s --check-prefix=MINMAX
// MINMAX: compress.encode
// MINMAX-NOT: observer

// RUN: compress-opt %t/axes.mlir --compress-quantize='rule={strategy: group, group_size: 2}' | FileCheck %t/axes.mlir
// RUN: compress-opt %t/shared.mlir --compress-quantize=rule=w8a8 | FileCheck %t/shared.mlir
// RUN: compress-opt %t/names.mlir --compress-quantize='rule={targets: [res]}' | FileCheck %t/names.mlir --check-prefix=WEIGHT
// RUN: compress-opt %t/names.mlir --compress-quantize='rule={targets: ["re:layer[.][0-9]"], ignore: [layer.1]}' | FileCheck %t/names.mlir --check-prefix=REGEX
// RUN: compress-opt %t/names.mlir --compress-quantize='rule={targets: [linalg.matmul]}' | FileCheck %t/names.mlir --check-prefix=OP
// RUN: compress-opt %t/left.mlir --compress-quantize | FileCheck %t/left.mlir

//--- one.mlir

// W8A16: compress.plan = [{
// W8A16-SAME: scheme = #compress.scheme<storage = #compress.affine<i8, block = [*, 1]>>
// W8A16-LABEL: func.func @main
// W8A16-SAME: %[[X:[a-z0-9]+]]: tensor<3x10xf32>
// W8A16: %[[W:.*]] = arith.constant
// W8A16: %[[E:.*]] = compress.encode %[[W]] {compress.site = "main/linalg.matmul_0"} : tensor<10x2xf32> -> !compress.tensor<10x2xf32, #compress.scheme<storage = #compress.affine<i8, block = [*, 1]>>>
// W8A16: %[[D:.*]] = compress.decode %[[E]]
// W8A16: linalg.matmul {{.*}}ins(%[[X]], %[[D]] :

// One scale for each row of the activation.
// W8A8: compress.plan = [{activation = #compress.affine<i8, block = [1, *]>
// W8A8-LABEL: func.func @main
// W8A8-SAME: %[[X:[a-z0-9]+]]: tensor<3x10xf32>
// W8A8-DAG: %[[P:.*]] = compress.choose_qparams #compress.affine<i8, block = [1, *]>, %[[X]] : tensor<3x10xf32> -> tensor<3x1xf32>
// W8A8-DAG: %[[EX:.*]] = compress.encode %[[X]]{{.*}}%[[P]]
// W8A8-DAG: %[[DX:.*]] = compress.decode %[[EX]]
// W8A8-DAG: %[[EW:.*]] = compress.encode %cst{{.*}}#compress.affine<i8, block = [*, 1]>
// W8A8-DAG: %[[DW:.*]] = compress.decode %[[EW]]
// W8A8: linalg.matmul {{.*}}ins(%[[DX]], %[[DW]] :

// 128 rows are more than there are.
// W4A16: #compress.scheme<storage = #compress.affine<i4, block = [*, 1], scale = f16>>
// W4A16-LABEL: func.func @main
// W4A16-NOT: compress.choose_qparams
// W4A16: compress.encode
// W4A16-NOT: compress.encode
func.func @main(%x: tensor<3x10xf32>, %init: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %w = arith.constant dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0], [9.0, 1.0],
                             [2.0, 3.0], [4.0, 5.0], [6.0, 7.0], [8.0, 9.0], [1.0, 2.0]]> : tensor<10x2xf32>
  %y = linalg.matmul ins(%x, %w : tensor<3x10xf32>, tensor<10x2xf32>)
      outs(%init : tensor<3x2xf32>) -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}

//--- axes.mlir

// Groups lie along what is reduced, wherever that is in the weight; batches and
// channels each get blocks of their own.

// CHECK-LABEL: func.func @transposed
// CHECK: #compress.affine<i8, block = [1, 2]>
func.func @transposed(%x: tensor<3x4xf32>, %init: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %w = arith.constant dense<[[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]]> : tensor<2x4xf32>
  %y = linalg.matmul indexing_maps = [affine_map<(m, n, k) -> (m, k)>,
                                      affine_map<(m, n, k) -> (n, k)>,
                                      affine_map<(m, n, k) -> (m, n)>]
      ins(%x, %w : tensor<3x4xf32>, tensor<2x4xf32>)
      outs(%init : tensor<3x2xf32>) -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}

// CHECK-LABEL: func.func @left
// CHECK: %[[D:.*]] = compress.decode {{.*}}#compress.affine<i8, block = [1, 2]>
// CHECK: linalg.matmul {{.*}}ins(%[[D]], %arg0 :
func.func @left(%x: tensor<4x3xf32>, %init: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %w = arith.constant dense<[[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]]> : tensor<2x4xf32>
  %y = linalg.matmul ins(%w, %x : tensor<2x4xf32>, tensor<4x3xf32>)
      outs(%init : tensor<2x3xf32>) -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// CHECK-LABEL: func.func @batch
// CHECK: #compress.affine<i8, block = [1, 2, 1]>
func.func @batch(%x: tensor<2x3x4xf32>, %init: tensor<2x3x1xf32>) -> tensor<2x3x1xf32> {
  %w = arith.constant dense<[[[1.0], [2.0], [3.0], [4.0]], [[5.0], [6.0], [7.0], [8.0]]]> : tensor<2x4x1xf32>
  %y = linalg.batch_matmul ins(%x, %w : tensor<2x3x4xf32>, tensor<2x4x1xf32>)
      outs(%init : tensor<2x3x1xf32>) -> tensor<2x3x1xf32>
  return %y : tensor<2x3x1xf32>
}

// Of two reduced dimensions, groups fill the inner one first.
// CHECK-LABEL: func.func @two
// CHECK: #compress.affine<i8, block = [1, 2, 1]>
func.func @two(%x: tensor<3x2x4xf32>, %init: tensor<3x1xf32>) -> tensor<3x1xf32> {
  %w = arith.constant dense<[[[1.0], [2.0], [3.0], [4.0]], [[5.0], [6.0], [7.0], [8.0]]]> : tensor<2x4x1xf32>
  %y = linalg.contract indexing_maps = [affine_map<(m, n, j, k) -> (m, j, k)>,
                                        affine_map<(m, n, j, k) -> (j, k, n)>,
                                        affine_map<(m, n, j, k) -> (m, n)>]
      ins(%x, %w : tensor<3x2x4xf32>, tensor<2x4x1xf32>)
      outs(%init : tensor<3x1xf32>) -> tensor<3x1xf32>
  return %y : tensor<3x1xf32>
}

//--- shared.mlir

// Two ops that read one weight and one activation read one encode of each.

// CHECK: shared_with = "a", site = "b"
// CHECK-LABEL: func.func @main
// CHECK-COUNT-2: compress.encode
// CHECK-NOT: compress.encode
// CHECK: linalg.matmul {compress.site = "b"} ins(%[[X:.*]], %[[W:.*]] :
func.func @main(%x: tensor<3x4xf32>, %init: tensor<3x2xf32>) -> (tensor<3x2xf32>, tensor<3x2xf32>) {
  %w = arith.constant dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]]> : tensor<4x2xf32>
  %y = linalg.matmul {compress.site = "a"} ins(%x, %w : tensor<3x4xf32>, tensor<4x2xf32>)
      outs(%init : tensor<3x2xf32>) -> tensor<3x2xf32>
  %z = linalg.matmul {compress.site = "b"} ins(%x, %w : tensor<3x4xf32>, tensor<4x2xf32>)
      outs(%init : tensor<3x2xf32>) -> tensor<3x2xf32>
  return %y, %z : tensor<3x2xf32>, tensor<3x2xf32>
}

//--- names.mlir

// By the weight's name.
// WEIGHT: {op = "linalg.matmul", reasons = {quantize = "not among the targets of stage 'quantize'"}, site = "layer.0"
// WEIGHT: compress.encode
// WEIGHT-SAME: compress.site = "layer.1"
// WEIGHT-NOT: compress.encode

// By an expression, less what is ignored.
// REGEX: reasons = {quantize = "ignored by stage 'quantize'"}, site = "layer.1"
// REGEX: reasons = {quantize = "not among the targets of stage 'quantize'"}, site = "head"
// REGEX: compress.encode
// REGEX-SAME: compress.site = "layer.0"
// REGEX-NOT: compress.encode

// By the op's name.
// OP: reasons = {quantize = "not among the targets of stage 'quantize'"}, site = "head"
// OP: compress.encode {{.*}}compress.site = "layer.0"
// OP: compress.encode {{.*}}compress.site = "layer.1"
// OP-NOT: compress.encode
func.func @main(%x: tensor<1x2xf32>, %init: tensor<1x2xf32>, %v: tensor<2xf32>) -> (tensor<1x2xf32>, tensor<2xf32>) {
  %w0 = arith.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %w1 = arith.constant dense_resource<res> : tensor<2x2xf32>
  %w2 = arith.constant dense<[[5.0, 6.0], [7.0, 8.0]]> : tensor<2x2xf32>
  %0 = linalg.matmul {compress.site = "layer.0"} ins(%x, %w0 : tensor<1x2xf32>, tensor<2x2xf32>)
      outs(%init : tensor<1x2xf32>) -> tensor<1x2xf32>
  %1 = linalg.matmul {compress.site = "layer.1"} ins(%0, %w1 : tensor<1x2xf32>, tensor<2x2xf32>)
      outs(%init : tensor<1x2xf32>) -> tensor<1x2xf32>
  %2 = linalg.matvec {compress.site = "head"} ins(%w2, %v : tensor<2x2xf32>, tensor<2xf32>)
      outs(%v : tensor<2xf32>) -> tensor<2xf32>
  return %1, %2 : tensor<1x2xf32>, tensor<2xf32>
}
{-# dialect_resources: { builtin: {
  res: "0x040000000000803F000000400000404000008040"
} } #-}

//--- left.mlir

// Ops without a weight and splats stay.

// CHECK: reasons = {quantize = "no operand is a weight: of the left one, it is an argument that is not bound to a weights file; of the right one, it is an argument that is not bound to a weights file"}, site = "none"
// CHECK: reasons = {quantize = "its weight is one value repeated"}, site = "splat"
// CHECK-NOT: compress.encode
func.func @main(%x: tensor<1x2xf32>, %y: tensor<2x2xf32>, %init: tensor<1x2xf32>) -> (tensor<1x2xf32>, tensor<1x2xf32>) {
  %splat = arith.constant dense<1.0> : tensor<2x2xf32>
  %0 = linalg.matmul {compress.site = "none"} ins(%x, %y : tensor<1x2xf32>, tensor<2x2xf32>)
      outs(%init : tensor<1x2xf32>) -> tensor<1x2xf32>
  %1 = linalg.matmul {compress.site = "splat"} ins(%x, %splat : tensor<1x2xf32>, tensor<2x2xf32>)
      outs(%init : tensor<1x2xf32>) -> tensor<1x2xf32>
  return %0, %1 : tensor<1x2xf32>, tensor<1x2xf32>
}
