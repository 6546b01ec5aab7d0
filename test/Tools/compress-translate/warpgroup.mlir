// The greatest tile by warpgroups: PTX with bulk copies, wgmma and registers that
// move from the warpgroup that copies to those that multiply; ptxas keeps all of it
// asynchronous and spills nothing.

// RUN: compress-translate %s --target=cuda --chip=sm_90a | FileCheck %s
// CHECK: .extern .shared .align 1024 .b8 shared_memory[];
// CHECK: .entry product_wgmma(
// CHECK: .param .align 64 .b8 product_wgmma_param_2[128]
// CHECK: .reqntid 384, 1, 1
// CHECK: .minnctapersm 1
// CHECK-DAG: setmaxnreg.dec.sync.aligned.u32 40;
// CHECK-DAG: setmaxnreg.inc.sync.aligned.u32 232;
// CHECK-DAG: cp.async.bulk.tensor.2d.shared::cluster.global.tile.mbarrier::complete_tx::bytes
// CHECK-DAG: wgmma.mma_async.sync.aligned.m64n256k16.f32.bf16.bf16

// RUN: compress-translate %s --target=cuda --chip=sm_90a --emit=ptx -o %t.ptx --table=%t.json
// RUN: FileCheck %s --check-prefix=TABLE < %t.json
// TABLE: "tensorMap": {
// TABLE:   "box": [
// TABLE:   "pointer": "arg0",
// TABLE:   "swizzle": 128,
// TABLE:   "type": "bf16"

func.func @product(%a: tensor<?x4096xbf16>, %b: tensor<4096x4096xbf16>) -> tensor<?x4096xbf16> {
  %c0 = arith.constant 0 : index
  %m = tensor.dim %a, %c0 : tensor<?x4096xbf16>
  %zero = arith.constant 0.0 : bf16
  %empty = tensor.empty(%m) : tensor<?x4096xbf16>
  %fill = linalg.fill ins(%zero : bf16) outs(%empty : tensor<?x4096xbf16>) -> tensor<?x4096xbf16>
  %0 = linalg.matmul {compress_kernel.schedule = #compress_kernel.wgmma<tile = [128, 256, 64], consumers = 2, stages = 4>}
      ins(%a, %b : tensor<?x4096xbf16>, tensor<4096x4096xbf16>) outs(%fill : tensor<?x4096xbf16>) -> tensor<?x4096xbf16>
  return %0 : tensor<?x4096xbf16>
}

// One with few registers, which move all the same.
func.func @narrow(%a: tensor<256x4096xbf16>, %b: tensor<4096x4096xbf16>, %c: tensor<256x4096xf32>) -> tensor<256x4096xf32> {
  %0 = linalg.matmul {compress_kernel.schedule = #compress_kernel.wgmma<tile = [128, 64, 64], consumers = 2, stages = 8>}
      ins(%a, %b : tensor<256x4096xbf16>, tensor<4096x4096xbf16>) outs(%c : tensor<256x4096xf32>) -> tensor<256x4096xf32>
  return %0 : tensor<256x4096xf32>
}
