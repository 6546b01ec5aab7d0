// Products of f32 on tensor cores, where the option says that they may be rounded to
// tf32; otherwise they stay f32.

// RUN: compress-opt %s \
// RUN:   --pass-pipeline='builtin.module(convert-linalg-to-kernels{tf32=true},canonicalize,cse)' \
// RUN:   | FileCheck %s
// RUN: compress-opt %s \
// RUN:   --pass-pipeline='builtin.module(convert-linalg-to-kernels{tf32=true chip=sm_90a},canonicalize,cse)' \
// RUN:   | FileCheck %s --check-prefix=SM90
// RUN: sed 's/ {compress_kernel.schedule = [^}]*}//' %s \
// RUN:   | compress-opt --convert-linalg-to-kernels | FileCheck %s --check-prefix=DEFAULT
// DEFAULT-NOT:     _mma
// DEFAULT-COUNT-5: gpu.func @{{.*}}_tile

// Bulk copies make tf32 of the elements.
// SM90-LABEL:  func @chosen(
// SM90:          compress_kernel.encode_tensor_map %{{.*}} box = [128, 32] swizzle = 128 tf32 : memref<4096x4096xf32>
// SM90:          compress_kernel.encode_tensor_map %{{.*}} box = [256, 32] swizzle = 128 tf32 : memref<4096x4096xf32>

// Lines of 128 bytes are 32 elements. Those along K are loaded by ldmatrix, to which
// four bytes are two elements; every register is rounded once, before the products
// that share it.
// CHECK-LABEL: gpu.func @along_k_mma
// CHECK-SAME:    compress_kernel.schedule = #compress_kernel.mma_sync<tile = [64, 64, 32], warps = [2, 2], stages = 3>
// CHECK:         nvvm.cp.async.shared.global %{{.*}}, %{{.*}}, 16, cache = cg
// CHECK:         scf.for
// CHECK-COUNT-2:   nvvm.ldmatrix {{.*}}layout = #nvvm.mma_layout<row>
// CHECK-NOT:       llvm.load %{{.*}} : !llvm.ptr<3> -> i32
// CHECK:           nvvm.mma.sync {{.*}}multiplicandAPtxType = #nvvm.mma_type<tf32>, multiplicandBPtxType = #nvvm.mma_type<tf32>, shape = #nvvm.shape<m = 16, n = 8, k = 8>
func.func @along_k(%a: memref<300x256xf32>, %b: memref<200x256xf32>, %c: memref<300x200xf32>) {
  linalg.matmul
      indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>]
      {compress_kernel.schedule = #compress_kernel.mma_sync<tile = [64, 64, 32], warps = [2, 2], stages = 3>}
      ins(%a, %b : memref<300x256xf32>, memref<200x256xf32>) outs(%c : memref<300x200xf32>)
  return
}

// Those across K are loaded word by word: of a step of 8, a warp of 16 by 16 results
// has four registers of A by ldmatrix and four of B by loads, and rounds all.
// CHECK-LABEL: gpu.func @across_k_mma
// CHECK:         scf.for
// CHECK-COUNT-1:   nvvm.ldmatrix
// CHECK-COUNT-4:   nvvm.convert.float.to.tf32 %{{.*}} {rnd = #nvvm.fp_rnd_mode<rna>}
// CHECK-COUNT-4:   llvm.load %{{.*}} : !llvm.ptr<3> -> i32
// CHECK-COUNT-4:   nvvm.convert.float.to.tf32
// CHECK-COUNT-2:   nvvm.mma.sync
func.func @across_k(%a: memref<?x256xf32>, %b: memref<256x200xf32>, %c: memref<?x200xf32>) {
  linalg.matmul {compress_kernel.schedule = #compress_kernel.mma_sync<tile = [32, 32, 32], warps = [2, 2], stages = 3>}
      ins(%a, %b : memref<?x256xf32>, memref<256x200xf32>) outs(%c : memref<?x200xf32>)
  return
}

// Any line is a whole number of words, which cp.async moves.
// CHECK-LABEL: gpu.func @anywhere_mma
// CHECK:         nvvm.cp.async.shared.global %{{.*}}, %{{.*}}, 4, cache = ca
// CHECK-NOT:     llvm.load %{{.*}} : !llvm.ptr<1>
// CHECK:         nvvm.mma.sync
// SM90-LABEL: gpu.func @anywhere_mma
func.func @anywhere(%a: memref<?x?xf32>, %b: memref<?x?xf32>, %c: memref<?x?xf32>) {
  linalg.matmul {compress_kernel.schedule = #compress_kernel.mma_sync<tile = [64, 64, 32], warps = [2, 2], stages = 2>}
      ins(%a, %b : memref<?x?xf32>, memref<?x?xf32>) outs(%c : memref<?x?xf32>)
  return
}

// What the cost model chooses has tiles of as many bytes as for 16 bits, and wgmma
// where both operands lie along K.
// CHECK-LABEL: gpu.func @chosen_mma
// CHECK-SAME:    mma_sync<tile = [128, 64, 32], warps = [4, 2], stages = 4>
// SM90:        gpu.func @chosen_wgmma
// SM90-SAME:     wgmma<tile = [128, 256, 32], consumers = 2, stages = 4>
// SM90-COUNT-4:  nvvm.wgmma.mma_async {{.*}}<m = 64, n = 256, k = 8>, D[<f32>, <one>], A[<tf32>, <one>, <row>], B[<tf32>, <one>, <col>]
// SM90:          nvvm.wgmma.commit.group
func.func @chosen(%a: memref<4096x4096xf32>, %b: memref<4096x4096xf32>, %c: memref<4096x4096xf32>) {
  linalg.matmul
      indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>]
      ins(%a, %b : memref<4096x4096xf32>, memref<4096x4096xf32>) outs(%c : memref<4096x4096xf32>)
  return
}

// wgmma takes f32 along K only.
// SM90-LABEL: gpu.func @across_mma
func.func @across(%a: memref<4096x4096xf32>, %b: memref<4096x4096xf32>, %c: memref<4096x4096xf32>) {
  linalg.matmul ins(%a, %b : memref<4096x4096xf32>, memref<4096x4096xf32>) outs(%c : memref<4096x4096xf32>)
  return
}
