// RUN: rm -rf %t && mkdir %t
// RUN: compress-translate %s --target=cuda --chip=sm_80 -o %t/80.ptx --table=%t/table.json
// RUN: FileCheck %s < %t/80.ptx
// RUN: FileCheck %s --check-prefix=TABLE < %t/table.json
// RUN: compress-translate %s --target=cuda --chip=sm_90a | FileCheck %s

// CHECK:     .extern .shared .align 1024 .b8 shared_memory[];
// CHECK:     .visible .entry product_mma
// CHECK:     cp.async.cg.shared.global
// CHECK:     cp.async.wait_group 1;
// CHECK:     bar.sync 0;
// CHECK:     ldmatrix.sync.aligned.m8n8.x4.shared.b16
// CHECK:     ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16
// CHECK:     mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32
// CHECK:     st.global.v2.b32

// TABLE:      "kernel": "product_mma"
// TABLE:      "sharedBytes": 98304
func.func @product(%a: tensor<?x256xf16>, %b: tensor<256x512xf16>) -> tensor<?x512xf32> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %m = tensor.dim %a, %c0 : tensor<?x256xf16>
  %empty = tensor.empty(%m) : tensor<?x512xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<?x512xf32>) -> tensor<?x512xf32>
  %r = linalg.matmul {compress_kernel.schedule = #compress_kernel.mma_sync<tile = [128, 128, 64], warps = [2, 4], stages = 3>}
      ins(%a, %b : tensor<?x256xf16>, tensor<256x512xf16>) outs(%fill : tensor<?x512xf32>) -> tensor<?x512xf32>
  return %r : tensor<?x512xf32>
}

// Lines that begin anywhere are copied element by element.
func.func @anywhere(%a: tensor<?x?xf16>, %b: tensor<?x?xf16>, %c: tensor<?x?xf32>) -> tensor<?x?xf32> {
  %r = linalg.matmul ins(%a, %b : tensor<?x?xf16>, tensor<?x?xf16>) outs(%c : tensor<?x?xf32>) -> tensor<?x?xf32>
  return %r : tensor<?x?xf32>
}
