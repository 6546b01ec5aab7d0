// Scales and offsets of a convolution's output channels fold into its filter,
// wherever the layout puts them; of a depthwise one, of its groups.

// RUN: compress-opt %s --compress-normalize | FileCheck %s

#nchw = affine_map<(n, c, h) -> (n, c, h)>
#channel = affine_map<(n, c, h) -> (c)>
#nhc = affine_map<(n, h, c) -> (n, h, c)>
#last = affine_map<(n, h, c) -> (c)>

// Filter f x c x w = 2 x 1 x 2, scaled by 2 and 10.

// CHECK-LABEL: func.func @channels_first
// CHECK-DAG: %[[W:.*]] = arith.constant dense<{{\[\[\[}}2.000000e+00, 4.000000e+00]], {{\[\[}}3.000000e+01, 4.000000e+01]]]> : tensor<2x1x2xf32>
// CHECK: %[[Y:.*]] = linalg.conv_1d_ncw_fcw {{.*}} ins(%{{.*}}, %[[W]] :
// CHECK-NOT: linalg.generic
// CHECK: return %[[Y]]
func.func @channels_first(%x: tensor<?x1x5xf32>, %e: tensor<?x2x4xf32>) -> tensor<?x2x4xf32> {
  %zero = arith.constant 0.0 : f32
  %w = arith.constant dense<[[[1.0, 2.0]], [[3.0, 4.0]]]> : tensor<2x1x2xf32>
  %s = arith.constant dense<[2.0, 10.0]> : tensor<2xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%e : tensor<?x2x4xf32>) -> tensor<?x2x4xf32>
  %y = linalg.conv_1d_ncw_fcw ins(%x, %w : tensor<?x1x5xf32>, tensor<2x1x2xf32>) outs(%fill : tensor<?x2x4xf32>) -> tensor<?x2x4xf32>
  %0 = linalg.generic {indexing_maps = [#nchw, #channel, #nchw], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%y, %s : tensor<?x2x4xf32>, tensor<2xf32>) outs(%e : tensor<?x2x4xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %p = arith.mulf %a, %b : f32
    linalg.yield %p : f32
  } -> tensor<?x2x4xf32>
  return %0 : tensor<?x2x4xf32>
}

// Filter w x c = 2 x 2.

// CHECK-LABEL: func.func @depthwise
// CHECK-DAG: %[[W:.*]] = arith.constant dense<{{\[\[}}2.000000e+00, 2.000000e+01], [6.000000e+00, 4.000000e+01]]> : tensor<2x2xf32>
// CHECK: %[[Y:.*]] = linalg.depthwise_conv_1d_nwc_wc {{.*}} ins(%{{.*}}, %[[W]] :
// CHECK-NOT: linalg.generic
// CHECK: return %[[Y]]
func.func @depthwise(%x: tensor<?x5x2xf32>, %e: tensor<?x4x2xf32>) -> tensor<?x4x2xf32> {
  %zero = arith.constant 0.0 : f32
  %w = arith.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %s = arith.constant dense<[2.0, 10.0]> : tensor<2xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%e : tensor<?x4x2xf32>) -> tensor<?x4x2xf32>
  %y = linalg.depthwise_conv_1d_nwc_wc ins(%x, %w : tensor<?x5x2xf32>, tensor<2x2xf32>) outs(%fill : tensor<?x4x2xf32>) -> tensor<?x4x2xf32>
  %0 = linalg.generic {indexing_maps = [#nhc, #last, #nhc], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%y, %s : tensor<?x4x2xf32>, tensor<2xf32>) outs(%e : tensor<?x4x2xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %p = arith.mulf %a, %b : f32
    linalg.yield %p : f32
  } -> tensor<?x4x2xf32>
  return %0 : tensor<?x4x2xf32>
}
