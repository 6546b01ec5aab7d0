// RUN: compress-opt %s --split-input-file --compress-export-quant | FileCheck %s
// Coming back, everything is as it was.
// RUN: compress-opt %s --split-input-file --compress-export-quant --compress-import-quant | FileCheck %s --check-prefix=BACK

// CHECK-LABEL: func @per_layer
// CHECK: %[[Q:.*]] = arith.constant dense<{{\[\[}}1, 2, 3], [4, -5, 6]]> : tensor<2x3xi8>
// CHECK-NEXT: %[[S:.*]] = quant.scast %[[Q]] : tensor<2x3xi8> to tensor<2x3x!quant.uniform<i8:f32, 5.000000e-01:3>>
// CHECK-NEXT: %[[D:.*]] = quant.dcast %[[S]]
// CHECK-NEXT: return %[[D]]
// BACK-LABEL: func @per_layer
// BACK-DAG: arith.constant dense<{{\[\[}}1, 2, 3], [4, -5, 6]]> : tensor<2x3xi8>
// BACK-DAG: arith.constant dense<5.000000e-01> : tensor<1x1xf32>
// BACK-DAG: arith.constant dense<3> : tensor<1x1xi8>
// BACK: compress.assemble
// BACK-SAME: #compress.affine<i8, asymmetric>
func.func @per_layer() -> tensor<2x3xf32> {
  %q = arith.constant dense<[[1, 2, 3], [4, -5, 6]]> : tensor<2x3xi8>
  %s = arith.constant dense<0.5> : tensor<1x1xf32>
  %z = arith.constant dense<3> : tensor<1x1xi8>
  %a = compress.assemble %q, %s, %z : (tensor<2x3xi8>, tensor<1x1xf32>, tensor<1x1xi8>) -> !compress.tensor<2x3xf32, #compress.scheme<storage = #compress.affine<i8, asymmetric>>>
  %d = compress.decode %a : !compress.tensor<2x3xf32, #compress.scheme<storage = #compress.affine<i8, asymmetric>>> -> tensor<2x3xf32>
  return %d : tensor<2x3xf32>
}

// -----

// Integers of 4 bits: 0xe1, 0x07 are 1, -2, 7.
// CHECK-LABEL: func @per_axis
// CHECK: arith.constant dense<{{\[\[}}1, -2, 7], [-4, -1, 5]]> : tensor<2x3xi4>
// CHECK: quant.scast {{.*}} to tensor<2x3x!quant.uniform<i4:f16:0, {5.000000e-01,2.500000e-01}>>
// BACK-LABEL: func @per_axis
// BACK-DAG: arith.constant dense<{{\[\[}}-31, 7], [-4, 5]]> : tensor<2x2xi8>
// BACK-DAG: arith.constant dense<{{\[\[}}5.000000e-01], [2.500000e-01]]> : tensor<2x1xf16>
// BACK: #compress.affine<i4, block = [1, *], scale = f16>
func.func @per_axis() -> tensor<2x3xf16> {
  %q = arith.constant dense<[[-31, 7], [-4, 5]]> : tensor<2x2xi8>
  %s = arith.constant dense<[[0.5], [0.25]]> : tensor<2x1xf16>
  %a = compress.assemble %q, %s : (tensor<2x2xi8>, tensor<2x1xf16>) -> !compress.tensor<2x3xf16, #compress.scheme<storage = #compress.affine<i4, block = [1, *], scale = f16>>>
  %d = compress.decode %a : !compress.tensor<2x3xf16, #compress.scheme<storage = #compress.affine<i4, block = [1, *], scale = f16>>> -> tensor<2x3xf16>
  return %d : tensor<2x3xf16>
}

// -----

// CHECK-LABEL: func @sub_channel
// CHECK: quant.scast {{.*}} to tensor<1x4x!quant.uniform<i8:f32:{0:1, 1:2}, {{\{\{}}5.000000e-01, 2.500000e-01:2}}>>
// BACK-LABEL: func @sub_channel
// BACK-DAG: arith.constant dense<{{\[\[}}5.000000e-01, 2.500000e-01]]> : tensor<1x2xf32>
// BACK-DAG: arith.constant dense<{{\[\[}}0, 2]]> : tensor<1x2xi8>
// BACK: #compress.affine<i8, block = [1, 2], asymmetric>
func.func @sub_channel() -> tensor<1x4xf32> {
  %q = arith.constant dense<[[-128, 127, 0, -127]]> : tensor<1x4xi8>
  %s = arith.constant dense<[[0.5, 0.25]]> : tensor<1x2xf16>
  %z = arith.constant dense<[[0, 2]]> : tensor<1x2xi8>
  %a = compress.assemble %q, %s, %z : (tensor<1x4xi8>, tensor<1x2xf16>, tensor<1x2xi8>) -> !compress.tensor<1x4xf32, #compress.scheme<storage = #compress.affine<i8, block = [1, 2], scale = f16, asymmetric>>>
  %d = compress.decode %a : !compress.tensor<1x4xf32, #compress.scheme<storage = #compress.affine<i8, block = [1, 2], scale = f16, asymmetric>>> -> tensor<1x4xf32>
  return %d : tensor<1x4xf32>
}

// -----

// CHECK-LABEL: func @activation
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>
// CHECK-NEXT: %[[Q:.*]] = quant.qcast %[[X]] : tensor<?x4xf32> to tensor<?x4x!quant.uniform<i8:f32, 2.500000e-01>>
// CHECK-NEXT: %[[D:.*]] = quant.dcast %[[Q]]
// CHECK-NEXT: return %[[D]]
// BACK-LABEL: func @activation
// BACK: compress.encode %{{.*}} parameters(
func.func @activation(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %s = arith.constant dense<0.25> : tensor<1x1xf32>
  %e = compress.encode %x parameters(%s : tensor<1x1xf32>) : tensor<?x4xf32> -> !compress.tensor<?x4xf32, #compress.scheme<storage = #compress.affine<i8>>>
  %d = compress.decode %e : !compress.tensor<?x4xf32, #compress.scheme<storage = #compress.affine<i8>>> -> tensor<?x4xf32>
  return %d : tensor<?x4xf32>
}
