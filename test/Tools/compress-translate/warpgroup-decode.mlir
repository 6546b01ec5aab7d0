// Packed weights as wgmma's operand from registers, in the greatest tiles: a tall one of one
// instruction for each warp, a wide one of two, and one of 8 bits with zero points.

// RUN: rm -rf %t && mkdir %t
// RUN: compress-translate %s --target=cuda --chip=sm_90a -o %t/90.ptx
// RUN: FileCheck %s --input-file=%t/90.ptx
// CHECK: .entry tall_wgmma_decode(
// CHECK: .reqntid 384, 1, 1
// CHECK-DAG: setmaxnreg.dec.sync.aligned.u32 40;
// CHECK-DAG: setmaxnreg.inc.sync.aligned.u32 232;
// CHECK-DAG: cp.async.bulk.tensor.2d.shared::cluster.global.tile.mbarrier::complete_tx::bytes
// CHECK-DAG: cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes
// CHECK-DAG: wgmma.mma_async.sync.aligned.m64n256k16.f32.f16.f16 {{.*}}}, {%r{{[0-9]+}}, %r{{[0-9]+}}, %r{{[0-9]+}}, %r{{[0-9]+}}}, %rd{{[0-9]+}}, p, 1, 1, 0;
// CHECK: .entry wide_wgmma_decode(
// CHECK: wgmma.mma_async.sync.aligned.m64n128k16.f32.bf16.bf16

!w4 = !compress.tensor<4096x4096xf16, #compress.scheme<storage = #compress.affine<i4, block = [128, 1], scale = f16>, layout = #compress.tiled<[64, 16], bits = [3, 7, 4, 8, 9, 5, 6, 0, 1, 2]>>>
func.func @tall(%x: tensor<4096x4096xf16>, %v: tensor<64x256x64x8xi8>, %s: tensor<32x4096xf16>) -> tensor<4096x4096xf16> {
  %zero = arith.constant 0.0 : f16
  %empty = tensor.empty() : tensor<4096x4096xf16>
  %fill = linalg.fill ins(%zero : f16) outs(%empty : tensor<4096x4096xf16>) -> tensor<4096x4096xf16>
  %y = compress_kernel.contract ins(%x, %v, %s : tensor<4096x4096xf16>, tensor<64x256x64x8xi8>, tensor<32x4096xf16>)
      outs(%fill : tensor<4096x4096xf16>) {weight = !w4,
      compress_kernel.schedule = #compress_kernel.wgmma_decode<tile = [256, 128], consumers = 2, stages = 6>} -> tensor<4096x4096xf16>
  return %y : tensor<4096x4096xf16>
}

!b4 = !compress.tensor<4096x4096xbf16, #compress.scheme<storage = #compress.affine<i4, asymmetric, block = [32, 1], scale = bf16>, layout = #compress.tiled<[64, 16], bits = [3, 7, 4, 8, 9, 5, 6, 0, 1, 2]>>>
func.func @wide(%x: tensor<4096x4096xbf16>, %v: tensor<64x256x64x8xi8>, %s: tensor<128x4096xbf16>, %z: tensor<128x4096xi8>) -> tensor<4096x4096xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<4096x4096xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<4096x4096xf32>) -> tensor<4096x4096xf32>
  %y = compress_kernel.contract ins(%x, %v, %s, %z : tensor<4096x4096xbf16>, tensor<64x256x64x8xi8>, tensor<128x4096xbf16>, tensor<128x4096xi8>)
      outs(%fill : tensor<4096x4096xf32>) {weight = !b4,
      compress_kernel.schedule = #compress_kernel.wgmma_decode<tile = [128, 256], consumers = 2, stages = 8>} -> tensor<4096x4096xf32>
  return %y : tensor<4096x4096xf32>
}
