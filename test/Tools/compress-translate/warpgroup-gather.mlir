// Convolutions by warpgroups in the greatest tiles: threads gather the image, and bulk copies
// bring the filters, or threads compute them, for which they need more registers.

// RUN: compress-translate %s --target=cuda --chip=sm_90a | FileCheck %s
// CHECK: .entry conv_wgmma(
// CHECK: .reqntid 384, 1, 1
// CHECK-DAG: setmaxnreg.dec.sync.aligned.u32 72;
// CHECK-DAG: setmaxnreg.inc.sync.aligned.u32 216;
// CHECK-DAG: cp.async.bulk.tensor.2d.shared::cluster.global.tile.mbarrier::complete_tx::bytes
// CHECK-DAG: cp.async.cg.shared.global [{{.*}}], [{{.*}}], 16, %r
// CHECK-DAG: cp.async.wait_group 1;
// CHECK-DAG: fence.proxy.async.shared::cta;
// CHECK-DAG: wgmma.mma_async.sync.aligned.m64n256k16.f32.f16.f16
// CHECK: .entry codes_wgmma(
// CHECK-DAG: setmaxnreg.dec.sync.aligned.u32 152;
// CHECK-DAG: setmaxnreg.inc.sync.aligned.u32 176;
// CHECK-DAG: cp.async.cg.shared.global [{{.*}}], [{{.*}}], 16, %r
// CHECK-DAG: fence.proxy.async.shared::cta;
// CHECK-DAG: wgmma.mma_async.sync.aligned.m64n128k16.f32.f16.f16

func.func @conv(%x: tensor<?x58x58x128xf16>, %k: tensor<3x3x128x256xf16>) -> tensor<?x56x56x256xf32> {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?x58x58x128xf16>
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty(%n) : tensor<?x56x56x256xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<?x56x56x256xf32>) -> tensor<?x56x56x256xf32>
  %0 = linalg.conv_2d_nhwc_hwcf {compress_kernel.schedule = #compress_kernel.wgmma<tile = [128, 256, 64], consumers = 2, stages = 4>,
                                 dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>}
      ins(%x, %k : tensor<?x58x58x128xf16>, tensor<3x3x128x256xf16>) outs(%fill : tensor<?x56x56x256xf32>) -> tensor<?x56x56x256xf32>
  return %0 : tensor<?x56x56x256xf32>
}

// int8 with a scale for each filter.
func.func @codes(%x: tensor<8x57x57x64xf16>, %k: tensor<3x3x64x256xi8>, %s: tensor<256xf16>) -> tensor<8x28x28x256xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<8x28x28x256xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<8x28x28x256xf32>) -> tensor<8x28x28x256xf32>
  %0 = linalg.generic {
      indexing_maps = [affine_map<(n, h, w, f, i, j, c) -> (n, h * 2 + i, w * 2 + j, c)>, affine_map<(n, h, w, f, i, j, c) -> (i, j, c, f)>,
                       affine_map<(n, h, w, f, i, j, c) -> (f)>, affine_map<(n, h, w, f, i, j, c) -> (n, h, w, f)>],
      iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
      ins(%x, %k, %s : tensor<8x57x57x64xf16>, tensor<3x3x64x256xi8>, tensor<256xf16>) outs(%fill : tensor<8x28x28x256xf32>)
      attrs = {compress_kernel.schedule = #compress_kernel.wgmma<tile = [128, 128, 64], consumers = 2, stages = 6>} {
  ^bb0(%a: f16, %code: i8, %scale: f16, %sum: f32):
    %value = arith.sitofp %code : i8 to f16
    %b = arith.mulf %value, %scale : f16
    %wa = arith.extf %a : f16 to f32
    %wb = arith.extf %b : f16 to f32
    %product = arith.mulf %wa, %wb : f32
    %next = arith.addf %sum, %product : f32
    linalg.yield %next : f32
  } -> tensor<8x28x28x256xf32>
  return %0 : tensor<8x28x28x256xf32>
}
