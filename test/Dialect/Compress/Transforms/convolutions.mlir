// Every convolution of linalg is a site: one scale for each output channel, groups
// and zeros along the input channels, and none of either where a filter has no
// input channels.

// RUN: compress-opt %s --compress-prune --compress-quantize --compress-fuse | FileCheck %s
// RUN: compress-opt %s --compress-quantize='rule={preset: w4a16, group_size: 3}' --compress-fuse \
// RUN:   | FileCheck %s --check-prefix=GROUP

// The plan is at the top.
// CHECK: module attributes {compress.plan = [
// CHECK-DAG: {op = "linalg.conv_1d", reasons = {prune = "none of its weight's dimensions is a reduced channel"}
// CHECK-DAG: {op = "linalg.depthwise_conv_2d_nhwc_hwc", reasons = {prune = "none of its weight's dimensions is a reduced channel"}

// CHECK-LABEL: func.func @conv_2d_nhwc_hwcf(
// CHECK: compress.conv {{.*}} !compress.tensor<3x3x8x6xf32, #compress.scheme<sparsity = #compress.nm<2:4, axis = 2>, storage = #compress.affine<i8, block = [*, *, *, 1]>>>)
// GROUP-LABEL: func.func @conv_2d_nhwc_hwcf(
// GROUP: compress.conv {{.*}} !compress.tensor<3x3x8x6xf32, #compress.scheme<storage = #compress.affine<i4, block = [*, *, 3, 1], scale = f16>>>)
func.func @conv_2d_nhwc_hwcf(%x: tensor<2x9x9x8xf32>, %i: tensor<2x7x7x6xf32>) -> tensor<2x7x7x6xf32> {
  %w = arith.constant dense_resource<w> : tensor<3x3x8x6xf32>
  %y = linalg.conv_2d_nhwc_hwcf ins(%x, %w : tensor<2x9x9x8xf32>, tensor<3x3x8x6xf32>) outs(%i : tensor<2x7x7x6xf32>) -> tensor<2x7x7x6xf32>
  return %y : tensor<2x7x7x6xf32>
}

// CHECK-LABEL: func.func @conv_2d_nchw_fchw(
// CHECK: compress.conv {{.*}} !compress.tensor<6x8x3x3xf32, #compress.scheme<sparsity = #compress.nm<2:4, axis = 1>, storage = #compress.affine<i8, block = [1, *, *, *]>>>)
// GROUP-LABEL: func.func @conv_2d_nchw_fchw(
// GROUP: compress.conv {{.*}} !compress.tensor<6x8x3x3xf32, #compress.scheme<storage = #compress.affine<i4, block = [1, 3, *, *], scale = f16>>>)
func.func @conv_2d_nchw_fchw(%x: tensor<2x8x9x9xf32>, %i: tensor<2x6x7x7xf32>) -> tensor<2x6x7x7xf32> {
  %w = arith.constant dense_resource<w> : tensor<6x8x3x3xf32>
  %y = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<2x8x9x9xf32>, tensor<6x8x3x3xf32>) outs(%i : tensor<2x6x7x7xf32>) -> tensor<2x6x7x7xf32>
  return %y : tensor<2x6x7x7xf32>
}

// CHECK-LABEL: func.func @conv_2d_nhwc_fhwc(
// CHECK: compress.conv {{.*}} !compress.tensor<6x3x3x8xf32, #compress.scheme<sparsity = #compress.nm<2:4, axis = 3>, storage = #compress.affine<i8, block = [1, *, *, *]>>>)
// GROUP-LABEL: func.func @conv_2d_nhwc_fhwc(
// GROUP: compress.conv {{.*}} !compress.tensor<6x3x3x8xf32, #compress.scheme<storage = #compress.affine<i4, block = [1, *, *, 3], scale = f16>>>)
func.func @conv_2d_nhwc_fhwc(%x: tensor<2x9x9x8xf32>, %i: tensor<2x7x7x6xf32>) -> tensor<2x7x7x6xf32> {
  %w = arith.constant dense_resource<w> : tensor<6x3x3x8xf32>
  %y = linalg.conv_2d_nhwc_fhwc ins(%x, %w : tensor<2x9x9x8xf32>, tensor<6x3x3x8xf32>) outs(%i : tensor<2x7x7x6xf32>) -> tensor<2x7x7x6xf32>
  return %y : tensor<2x7x7x6xf32>
}

// CHECK-LABEL: func.func @conv_2d_ngchw_fgchw(
// CHECK: compress.conv {{.*}} !compress.tensor<6x5x8x3x3xf32, #compress.scheme<sparsity = #compress.nm<2:4, axis = 2>, storage = #compress.affine<i8, block = [1, 1, *, *, *]>>>)
// GROUP-LABEL: func.func @conv_2d_ngchw_fgchw(
// GROUP: compress.conv {{.*}} !compress.tensor<6x5x8x3x3xf32, #compress.scheme<storage = #compress.affine<i4, block = [1, 1, 3, *, *], scale = f16>>>)
func.func @conv_2d_ngchw_fgchw(%x: tensor<2x5x8x9x9xf32>, %i: tensor<2x5x6x7x7xf32>) -> tensor<2x5x6x7x7xf32> {
  %w = arith.constant dense_resource<w> : tensor<6x5x8x3x3xf32>
  %y = linalg.conv_2d_ngchw_fgchw ins(%x, %w : tensor<2x5x8x9x9xf32>, tensor<6x5x8x3x3xf32>) outs(%i : tensor<2x5x6x7x7xf32>) -> tensor<2x5x6x7x7xf32>
  return %y : tensor<2x5x6x7x7xf32>
}

// CHECK-LABEL: func.func @conv_2d_ngchw_gfchw(
// CHECK: compress.conv {{.*}} !compress.tensor<5x6x8x3x3xf32, #compress.scheme<sparsity = #compress.nm<2:4, axis = 2>, storage = #compress.affine<i8, block = [1, 1, *, *, *]>>>)
// GROUP-LABEL: func.func @conv_2d_ngchw_gfchw(
// GROUP: compress.conv {{.*}} !compress.tensor<5x6x8x3x3xf32, #compress.scheme<storage = #compress.affine<i4, block = [1, 1, 3, *, *], scale = f16>>>)
func.func @conv_2d_ngchw_gfchw(%x: tensor<2x5x8x9x9xf32>, %i: tensor<2x5x6x7x7xf32>) -> tensor<2x5x6x7x7xf32> {
  %w = arith.constant dense_resource<w> : tensor<5x6x8x3x3xf32>
  %y = linalg.conv_2d_ngchw_gfchw ins(%x, %w : tensor<2x5x8x9x9xf32>, tensor<5x6x8x3x3xf32>) outs(%i : tensor<2x5x6x7x7xf32>) -> tensor<2x5x6x7x7xf32>
  return %y : tensor<2x5x6x7x7xf32>
}

// CHECK-LABEL: func.func @conv_2d_nhwgc_gfhwc(
// CHECK: compress.conv {{.*}} !compress.tensor<5x6x3x3x8xf32, #compress.scheme<sparsity = #compress.nm<2:4, axis = 4>, storage = #compress.affine<i8, block = [1, 1, *, *, *]>>>)
// GROUP-LABEL: func.func @conv_2d_nhwgc_gfhwc(
// GROUP: compress.conv {{.*}} !compress.tensor<5x6x3x3x8xf32, #compress.scheme<storage = #compress.affine<i4, block = [1, 1, *, *, 3], scale = f16>>>)
func.func @conv_2d_nhwgc_gfhwc(%x: tensor<2x9x9x5x8xf32>, %i: tensor<2x7x7x5x6xf32>) -> tensor<2x7x7x5x6xf32> {
  %w = arith.constant dense_resource<w> : tensor<5x6x3x3x8xf32>
  %y = linalg.conv_2d_nhwgc_gfhwc ins(%x, %w : tensor<2x9x9x5x8xf32>, tensor<5x6x3x3x8xf32>) outs(%i : tensor<2x7x7x5x6xf32>) -> tensor<2x7x7x5x6xf32>
  return %y : tensor<2x7x7x5x6xf32>
}

// CHECK-LABEL: func.func @conv_1d_nwc_wcf(
// CHECK: compress.conv {{.*}} !compress.tensor<3x8x6xf32, #compress.scheme<sparsity = #compress.nm<2:4, axis = 1>, storage = #compress.affine<i8, block = [*, *, 1]>>>)
// GROUP-LABEL: func.func @conv_1d_nwc_wcf(
// GROUP: compress.conv {{.*}} !compress.tensor<3x8x6xf32, #compress.scheme<storage = #compress.affine<i4, block = [*, 3, 1], scale = f16>>>)
func.func @conv_1d_nwc_wcf(%x: tensor<2x9x8xf32>, %i: tensor<2x7x6xf32>) -> tensor<2x7x6xf32> {
  %w = arith.constant dense_resource<w> : tensor<3x8x6xf32>
  %y = linalg.conv_1d_nwc_wcf ins(%x, %w : tensor<2x9x8xf32>, tensor<3x8x6xf32>) outs(%i : tensor<2x7x6xf32>) -> tensor<2x7x6xf32>
  return %y : tensor<2x7x6xf32>
}

// CHECK-LABEL: func.func @conv_1d_ncw_fcw(
// CHECK: compress.conv {{.*}} !compress.tensor<6x8x3xf32, #compress.scheme<sparsity = #compress.nm<2:4, axis = 1>, storage = #compress.affine<i8, block = [1, *, *]>>>)
// GROUP-LABEL: func.func @conv_1d_ncw_fcw(
// GROUP: compress.conv {{.*}} !compress.tensor<6x8x3xf32, #compress.scheme<storage = #compress.affine<i4, block = [1, 3, *], scale = f16>>>)
func.func @conv_1d_ncw_fcw(%x: tensor<2x8x9xf32>, %i: tensor<2x6x7xf32>) -> tensor<2x6x7xf32> {
  %w = arith.constant dense_resource<w> : tensor<6x8x3xf32>
  %y = linalg.conv_1d_ncw_fcw ins(%x, %w : tensor<2x8x9xf32>, tensor<6x8x3xf32>) outs(%i : tensor<2x6x7xf32>) -> tensor<2x6x7xf32>
  return %y : tensor<2x6x7xf32>
}

// CHECK-LABEL: func.func @conv_3d_ndhwc_dhwcf(
// CHECK: compress.conv {{.*}} !compress.tensor<3x3x3x8x6xf32, #compress.scheme<sparsity = #compress.nm<2:4, axis = 3>, storage = #compress.affine<i8, block = [*, *, *, *, 1]>>>)
// GROUP-LABEL: func.func @conv_3d_ndhwc_dhwcf(
// GROUP: compress.conv {{.*}} !compress.tensor<3x3x3x8x6xf32, #compress.scheme<storage = #compress.affine<i4, block = [*, *, *, 3, 1], scale = f16>>>)
func.func @conv_3d_ndhwc_dhwcf(%x: tensor<2x9x9x9x8xf32>, %i: tensor<2x7x7x7x6xf32>) -> tensor<2x7x7x7x6xf32> {
  %w = arith.constant dense_resource<w> : tensor<3x3x3x8x6xf32>
  %y = linalg.conv_3d_ndhwc_dhwcf ins(%x, %w : tensor<2x9x9x9x8xf32>, tensor<3x3x3x8x6xf32>) outs(%i : tensor<2x7x7x7x6xf32>) -> tensor<2x7x7x7x6xf32>
  return %y : tensor<2x7x7x7x6xf32>
}

// CHECK-LABEL: func.func @conv_3d_ncdhw_fcdhw(
// CHECK: compress.conv {{.*}} !compress.tensor<6x8x3x3x3xf32, #compress.scheme<sparsity = #compress.nm<2:4, axis = 1>, storage = #compress.affine<i8, block = [1, *, *, *, *]>>>)
// GROUP-LABEL: func.func @conv_3d_ncdhw_fcdhw(
// GROUP: compress.conv {{.*}} !compress.tensor<6x8x3x3x3xf32, #compress.scheme<storage = #compress.affine<i4, block = [1, 3, *, *, *], scale = f16>>>)
func.func @conv_3d_ncdhw_fcdhw(%x: tensor<2x8x9x9x9xf32>, %i: tensor<2x6x7x7x7xf32>) -> tensor<2x6x7x7x7xf32> {
  %w = arith.constant dense_resource<w> : tensor<6x8x3x3x3xf32>
  %y = linalg.conv_3d_ncdhw_fcdhw ins(%x, %w : tensor<2x8x9x9x9xf32>, tensor<6x8x3x3x3xf32>) outs(%i : tensor<2x6x7x7x7xf32>) -> tensor<2x6x7x7x7xf32>
  return %y : tensor<2x6x7x7x7xf32>
}

// CHECK-LABEL: func.func @conv_1d(
// CHECK: compress.conv {{.*}} !compress.tensor<3xf32, #compress.scheme<storage = #compress.affine<i8>>>)
// GROUP-LABEL: func.func @conv_1d(
// GROUP: compress.conv {{.*}} !compress.tensor<3xf32, #compress.scheme<storage = #compress.affine<i4, scale = f16>>>)
func.func @conv_1d(%x: tensor<9xf32>, %i: tensor<7xf32>) -> tensor<7xf32> {
  %w = arith.constant dense_resource<w> : tensor<3xf32>
  %y = linalg.conv_1d ins(%x, %w : tensor<9xf32>, tensor<3xf32>) outs(%i : tensor<7xf32>) -> tensor<7xf32>
  return %y : tensor<7xf32>
}

// CHECK-LABEL: func.func @conv_2d(
// CHECK: compress.conv {{.*}} !compress.tensor<3x3xf32, #compress.scheme<storage = #compress.affine<i8>>>)
// GROUP-LABEL: func.func @conv_2d(
// GROUP: compress.conv {{.*}} !compress.tensor<3x3xf32, #compress.scheme<storage = #compress.affine<i4, scale = f16>>>)
func.func @conv_2d(%x: tensor<9x9xf32>, %i: tensor<7x7xf32>) -> tensor<7x7xf32> {
  %w = arith.constant dense_resource<w> : tensor<3x3xf32>
  %y = linalg.conv_2d ins(%x, %w : tensor<9x9xf32>, tensor<3x3xf32>) outs(%i : tensor<7x7xf32>) -> tensor<7x7xf32>
  return %y : tensor<7x7xf32>
}

// CHECK-LABEL: func.func @conv_3d(
// CHECK: compress.conv {{.*}} !compress.tensor<3x3x3xf32, #compress.scheme<storage = #compress.affine<i8>>>)
// GROUP-LABEL: func.func @conv_3d(
// GROUP: compress.conv {{.*}} !compress.tensor<3x3x3xf32, #compress.scheme<storage = #compress.affine<i4, scale = f16>>>)
func.func @conv_3d(%x: tensor<9x9x9xf32>, %i: tensor<7x7x7xf32>) -> tensor<7x7x7xf32> {
  %w = arith.constant dense_resource<w> : tensor<3x3x3xf32>
  %y = linalg.conv_3d ins(%x, %w : tensor<9x9x9xf32>, tensor<3x3x3xf32>) outs(%i : tensor<7x7x7xf32>) -> tensor<7x7x7xf32>
  return %y : tensor<7x7x7xf32>
}

// CHECK-LABEL: func.func @depthwise_conv_1d_nwc_wc(
// CHECK: compress.conv {{.*}} !compress.tensor<3x8xf32, #compress.scheme<storage = #compress.affine<i8, block = [*, 1]>>>)
// GROUP-LABEL: func.func @depthwise_conv_1d_nwc_wc(
// GROUP: compress.conv {{.*}} !compress.tensor<3x8xf32, #compress.scheme<storage = #compress.affine<i4, block = [*, 1], scale = f16>>>)
func.func @depthwise_conv_1d_nwc_wc(%x: tensor<2x9x8xf32>, %i: tensor<2x7x8xf32>) -> tensor<2x7x8xf32> {
  %w = arith.constant dense_resource<w> : tensor<3x8xf32>
  %y = linalg.depthwise_conv_1d_nwc_wc ins(%x, %w : tensor<2x9x8xf32>, tensor<3x8xf32>) outs(%i : tensor<2x7x8xf32>) -> tensor<2x7x8xf32>
  return %y : tensor<2x7x8xf32>
}

// CHECK-LABEL: func.func @depthwise_conv_1d_ncw_cw(
// CHECK: compress.conv {{.*}} !compress.tensor<8x3xf32, #compress.scheme<storage = #compress.affine<i8, block = [1, *]>>>)
// GROUP-LABEL: func.func @depthwise_conv_1d_ncw_cw(
// GROUP: compress.conv {{.*}} !compress.tensor<8x3xf32, #compress.scheme<storage = #compress.affine<i4, block = [1, *], scale = f16>>>)
func.func @depthwise_conv_1d_ncw_cw(%x: tensor<2x8x9xf32>, %i: tensor<2x8x7xf32>) -> tensor<2x8x7xf32> {
  %w = arith.constant dense_resource<w> : tensor<8x3xf32>
  %y = linalg.depthwise_conv_1d_ncw_cw ins(%x, %w : tensor<2x8x9xf32>, tensor<8x3xf32>) outs(%i : tensor<2x8x7xf32>) -> tensor<2x8x7xf32>
  return %y : tensor<2x8x7xf32>
}

// CHECK-LABEL: func.func @depthwise_conv_1d_nwc_wcm(
// CHECK: compress.conv {{.*}} !compress.tensor<3x8x4xf32, #compress.scheme<storage = #compress.affine<i8, block = [*, 1, 1]>>>)
// GROUP-LABEL: func.func @depthwise_conv_1d_nwc_wcm(
// GROUP: compress.conv {{.*}} !compress.tensor<3x8x4xf32, #compress.scheme<storage = #compress.affine<i4, block = [*, 1, 1], scale = f16>>>)
func.func @depthwise_conv_1d_nwc_wcm(%x: tensor<2x9x8xf32>, %i: tensor<2x7x8x4xf32>) -> tensor<2x7x8x4xf32> {
  %w = arith.constant dense_resource<w> : tensor<3x8x4xf32>
  %y = linalg.depthwise_conv_1d_nwc_wcm ins(%x, %w : tensor<2x9x8xf32>, tensor<3x8x4xf32>) outs(%i : tensor<2x7x8x4xf32>) -> tensor<2x7x8x4xf32>
  return %y : tensor<2x7x8x4xf32>
}

// CHECK-LABEL: func.func @depthwise_conv_2d_nhwc_hwc(
// CHECK: compress.conv {{.*}} !compress.tensor<3x3x8xf32, #compress.scheme<storage = #compress.affine<i8, block = [*, *, 1]>>>)
// GROUP-LABEL: func.func @depthwise_conv_2d_nhwc_hwc(
// GROUP: compress.conv {{.*}} !compress.tensor<3x3x8xf32, #compress.scheme<storage = #compress.affine<i4, block = [*, *, 1], scale = f16>>>)
func.func @depthwise_conv_2d_nhwc_hwc(%x: tensor<2x9x9x8xf32>, %i: tensor<2x7x7x8xf32>) -> tensor<2x7x7x8xf32> {
  %w = arith.constant dense_resource<w> : tensor<3x3x8xf32>
  %y = linalg.depthwise_conv_2d_nhwc_hwc ins(%x, %w : tensor<2x9x9x8xf32>, tensor<3x3x8xf32>) outs(%i : tensor<2x7x7x8xf32>) -> tensor<2x7x7x8xf32>
  return %y : tensor<2x7x7x8xf32>
}

// CHECK-LABEL: func.func @depthwise_conv_2d_nchw_chw(
// CHECK: compress.conv {{.*}} !compress.tensor<8x3x3xf32, #compress.scheme<storage = #compress.affine<i8, block = [1, *, *]>>>)
// GROUP-LABEL: func.func @depthwise_conv_2d_nchw_chw(
// GROUP: compress.conv {{.*}} !compress.tensor<8x3x3xf32, #compress.scheme<storage = #compress.affine<i4, block = [1, *, *], scale = f16>>>)
func.func @depthwise_conv_2d_nchw_chw(%x: tensor<2x8x9x9xf32>, %i: tensor<2x8x7x7xf32>) -> tensor<2x8x7x7xf32> {
  %w = arith.constant dense_resource<w> : tensor<8x3x3xf32>
  %y = linalg.depthwise_conv_2d_nchw_chw ins(%x, %w : tensor<2x8x9x9xf32>, tensor<8x3x3xf32>) outs(%i : tensor<2x8x7x7xf32>) -> tensor<2x8x7x7xf32>
  return %y : tensor<2x8x7x7xf32>
}

// CHECK-LABEL: func.func @depthwise_conv_2d_nhwc_hwcm(
// CHECK: compress.conv {{.*}} !compress.tensor<3x3x8x4xf32, #compress.scheme<storage = #compress.affine<i8, block = [*, *, 1, 1]>>>)
// GROUP-LABEL: func.func @depthwise_conv_2d_nhwc_hwcm(
// GROUP: compress.conv {{.*}} !compress.tensor<3x3x8x4xf32, #compress.scheme<storage = #compress.affine<i4, block = [*, *, 1, 1], scale = f16>>>)
func.func @depthwise_conv_2d_nhwc_hwcm(%x: tensor<2x9x9x8xf32>, %i: tensor<2x7x7x8x4xf32>) -> tensor<2x7x7x8x4xf32> {
  %w = arith.constant dense_resource<w> : tensor<3x3x8x4xf32>
  %y = linalg.depthwise_conv_2d_nhwc_hwcm ins(%x, %w : tensor<2x9x9x8xf32>, tensor<3x3x8x4xf32>) outs(%i : tensor<2x7x7x8x4xf32>) -> tensor<2x7x7x8x4xf32>
  return %y : tensor<2x7x7x8x4xf32>
}

// CHECK-LABEL: func.func @depthwise_conv_3d_ndhwc_dhwc(
// CHECK: compress.conv {{.*}} !compress.tensor<3x3x3x8xf32, #compress.scheme<storage = #compress.affine<i8, block = [*, *, *, 1]>>>)
// GROUP-LABEL: func.func @depthwise_conv_3d_ndhwc_dhwc(
// GROUP: compress.conv {{.*}} !compress.tensor<3x3x3x8xf32, #compress.scheme<storage = #compress.affine<i4, block = [*, *, *, 1], scale = f16>>>)
func.func @depthwise_conv_3d_ndhwc_dhwc(%x: tensor<2x9x9x9x8xf32>, %i: tensor<2x7x7x7x8xf32>) -> tensor<2x7x7x7x8xf32> {
  %w = arith.constant dense_resource<w> : tensor<3x3x3x8xf32>
  %y = linalg.depthwise_conv_3d_ndhwc_dhwc ins(%x, %w : tensor<2x9x9x9x8xf32>, tensor<3x3x3x8xf32>) outs(%i : tensor<2x7x7x7x8xf32>) -> tensor<2x7x7x7x8xf32>
  return %y : tensor<2x7x7x7x8xf32>
}

// CHECK-LABEL: func.func @depthwise_conv_3d_ncdhw_cdhw(
// CHECK: compress.conv {{.*}} !compress.tensor<8x3x3x3xf32, #compress.scheme<storage = #compress.affine<i8, block = [1, *, *, *]>>>)
// GROUP-LABEL: func.func @depthwise_conv_3d_ncdhw_cdhw(
// GROUP: compress.conv {{.*}} !compress.tensor<8x3x3x3xf32, #compress.scheme<storage = #compress.affine<i4, block = [1, *, *, *], scale = f16>>>)
func.func @depthwise_conv_3d_ncdhw_cdhw(%x: tensor<2x8x9x9x9xf32>, %i: tensor<2x8x7x7x7xf32>) -> tensor<2x8x7x7x7xf32> {
  %w = arith.constant dense_resource<w> : tensor<8x3x3x3xf32>
  %y = linalg.depthwise_conv_3d_ncdhw_cdhw ins(%x, %w : tensor<2x8x9x9x9xf32>, tensor<8x3x3x3xf32>) outs(%i : tensor<2x8x7x7x7xf32>) -> tensor<2x8x7x7x7xf32>
  return %y : tensor<2x8x7x7x7xf32>
}

// CHECK-LABEL: func.func @depthwise_conv_3d_ndhwc_dhwcm(
// CHECK: compress.conv {{.*}} !compress.tensor<3x3x3x8x4xf32, #compress.scheme<storage = #compress.affine<i8, block = [*, *, *, 1, 1]>>>)
// GROUP-LABEL: func.func @depthwise_conv_3d_ndhwc_dhwcm(
// GROUP: compress.conv {{.*}} !compress.tensor<3x3x3x8x4xf32, #compress.scheme<storage = #compress.affine<i4, block = [*, *, *, 1, 1], scale = f16>>>)
func.func @depthwise_conv_3d_ndhwc_dhwcm(%x: tensor<2x9x9x9x8xf32>, %i: tensor<2x7x7x7x8x4xf32>) -> tensor<2x7x7x7x8x4xf32> {
  %w = arith.constant dense_resource<w> : tensor<3x3x3x8x4xf32>
  %y = linalg.depthwise_conv_3d_ndhwc_dhwcm ins(%x, %w : tensor<2x9x9x9x8xf32>, tensor<3x3x3x8x4xf32>) outs(%i : tensor<2x7x7x7x8x4xf32>) -> tensor<2x7x7x7x8x4xf32>
  return %y : tensor<2x7x7x7x8x4xf32>
}
