// RUN: compress-opt %s --split-input-file --compress-import-quant | FileCheck %s

// Per layer: the integers stay the same value.
// CHECK-LABEL: func @per_layer
// CHECK-DAG: %[[Q:.*]] = arith.constant dense<{{.*}}> : tensor<2x3xi8>
// CHECK-DAG: %[[S:.*]] = arith.constant dense<5.000000e-01> : tensor<1x1xf32>
// CHECK-DAG: %[[Z:.*]] = arith.constant dense<3> : tensor<1x1xi8>
// CHECK: %[[A:.*]] = compress.assemble %[[Q]], %[[S]], %[[Z]]
// CHECK-SAME: #compress.affine<i8, asymmetric>
// CHECK: %[[D:.*]] = compress.decode %[[A]]
// CHECK-NOT: quant.
// CHECK: return %[[D]]
func.func @per_layer() -> tensor<2x3xf32> {
  %q = arith.constant dense<[[1, 2, 3], [4, -5, 6]]> : tensor<2x3xi8>
  %s = quant.scast %q : tensor<2x3xi8> to tensor<2x3x!quant.uniform<i8:f32, 0.5:3>>
  %d = quant.dcast %s : tensor<2x3x!quant.uniform<i8:f32, 0.5:3>> to tensor<2x3xf32>
  return %d : tensor<2x3xf32>
}

// -----

// Per axis, 4 bits: packed, [1, -2, 7] is 0xe1, 0x07.
// CHECK-LABEL: func @per_axis
// CHECK-DAG: %[[Q:.*]] = arith.constant dense<{{\[\[}}-31, 7], [-4, 5]]> : tensor<2x2xi8>
// CHECK-DAG: %[[S:.*]] = arith.constant dense<{{\[\[}}5.000000e-01], [2.500000e-01]]> : tensor<2x1xf16>
// CHECK: compress.assemble %[[Q]], %[[S]]
// CHECK-SAME: !compress.tensor<2x3xf16, #compress.scheme<storage = #compress.affine<i4, block = [1, *], scale = f16>>>
func.func @per_axis() -> tensor<2x3xf16> {
  %q = arith.constant dense<[[1, -2, 7], [-4, -1, 5]]> : tensor<2x3xi4>
  %s = quant.scast %q : tensor<2x3xi4> to tensor<2x3x!quant.uniform<i4:f16:0, {0.5, 0.25}>>
  %d = quant.dcast %s : tensor<2x3x!quant.uniform<i4:f16:0, {0.5, 0.25}>> to tensor<2x3xf16>
  return %d : tensor<2x3xf16>
}

// -----

// Sub-channel; unsigned integers become signed ones: 0, 255 and 128 are -128,
// 127 and 0, and the zero points 128 and 130 are 0 and 2.
// CHECK-LABEL: func @sub_channel
// CHECK-DAG: arith.constant dense<{{\[\[}}-128, 127, 0, -127]]> : tensor<1x4xi8>
// CHECK-DAG: arith.constant dense<{{\[\[}}5.000000e-01, 2.500000e-01]]> : tensor<1x2xf32>
// CHECK-DAG: arith.constant dense<{{\[\[}}0, 2]]> : tensor<1x2xi8>
// CHECK: #compress.affine<i8, block = [1, 2], asymmetric>
func.func @sub_channel() -> tensor<1x4xf32> {
  %q = arith.constant dense<[[0, 255, 128, 1]]> : tensor<1x4xi8>
  %s = quant.scast %q : tensor<1x4xi8> to tensor<1x4x!quant.uniform<u8:f32:{0:1, 1:2}, {{0.5:128, 0.25:130}}>>
  %d = quant.dcast %s : tensor<1x4x!quant.uniform<u8:f32:{0:1, 1:2}, {{0.5:128, 0.25:130}}>> to tensor<1x4xf32>
  return %d : tensor<1x4xf32>
}

// -----

// An activation is encoded with the type's parameters.
// CHECK-LABEL: func @activation
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>
// CHECK: %[[S:.*]] = arith.constant dense<2.500000e-01> : tensor<1x1xf32>
// CHECK: %[[E:.*]] = compress.encode %[[X]] parameters(%[[S]]
// CHECK: %[[D:.*]] = compress.decode %[[E]]
// CHECK: return %[[D]]
func.func @activation(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %q = quant.qcast %x : tensor<?x4xf32> to tensor<?x4x!quant.uniform<i8:f32, 0.25>>
  %d = quant.dcast %q : tensor<?x4x!quant.uniform<i8:f32, 0.25>> to tensor<?x4xf32>
  return %d : tensor<?x4xf32>
}

// -----

// Its integers are a component.
// CHECK-LABEL: func @integers
// CHECK: %[[E:.*]] = compress.encode
// CHECK: compress.component %[[E]]["values"]
// CHECK-NOT: quant.
func.func @integers(%x: tensor<2x4xf32>) -> tensor<2x4xi8> {
  %q = quant.qcast %x : tensor<2x4xf32> to tensor<2x4x!quant.uniform<i8:f32, 0.25>>
  %s = quant.scast %q : tensor<2x4x!quant.uniform<i8:f32, 0.25>> to tensor<2x4xi8>
  return %s : tensor<2x4xi8>
}
