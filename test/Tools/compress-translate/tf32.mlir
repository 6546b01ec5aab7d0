// f32 on tensor cores, with what the cost model chooses, of lines along K and across it.

// RUN: compress-translate %s --target=cuda --chip=sm_80 --tf32 | FileCheck %s --check-prefix=SM80
// RUN: compress-translate %s --target=cuda --chip=sm_90a --tf32 | FileCheck %s --check-prefix=SM90
// RUN: compress-translate %s --target=cuda --chip=sm_80 | FileCheck %s --check-prefix=DEFAULT
// SM80: .entry along_mma(
// SM80: ldmatrix.sync.aligned.m8n8.x4.shared.b16
// SM80: cvt.rna.tf32.f32
// SM80: mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32
// SM80: .entry across_mma(
// SM80: ld.shared.b32
// SM80: cvt.rna.tf32.f32
// SM80: mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32
// SM90: .entry along_wgmma(
// SM90: wgmma.mma_async.sync.aligned.m64n256k8.f32.tf32.tf32
// SM90: .entry across_mma(
// DEFAULT-NOT: tf32
// DEFAULT: .entry along_tile(
// DEFAULT-NOT: tf32

// The host's launch table says what the bulk copies make of the elements.
// RUN: compress-translate %s --target=cuda --chip=sm_90a --tf32 --emit=ptx -o %t.ptx --table=%t.json
// RUN: FileCheck %s --check-prefix=TABLE < %t.json
// TABLE: "tensorMap": {
// TABLE:   "type": "tf32"

func.func @along(%a: tensor<4096x4096xf32>, %b: tensor<4096x4096xf32>, %c: tensor<4096x4096xf32>) -> tensor<4096x4096xf32> {
  %0 = linalg.matmul
      indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>]
      ins(%a, %b : tensor<4096x4096xf32>, tensor<4096x4096xf32>) outs(%c : tensor<4096x4096xf32>) -> tensor<4096x4096xf32>
  return %0 : tensor<4096x4096xf32>
}

func.func @across(%a: tensor<4096x4096xf32>, %b: tensor<4096x4096xf32>, %c: tensor<4096x4096xf32>) -> tensor<4096x4096xf32> {
  %0 = linalg.matmul
      indexing_maps = [affine_map<(m, n, k) -> (k, m)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]
      ins(%a, %b : tensor<4096x4096xf32>, tensor<4096x4096xf32>) outs(%c : tensor<4096x4096xf32>) -> tensor<4096x4096xf32>
  return %0 : tensor<4096x4096xf32>
}
