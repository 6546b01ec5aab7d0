// Of many rows a weight is decoded once, by a kernel before the product; of few rows
// by the product itself.

// RUN: compress-run %s --entry=many --target=emulated --chip=sm_80 --checks=false --reference=%s --counters=%t.many.json | FileCheck %s
// RUN: FileCheck %s --check-prefix=MANY < %t.many.json
// RUN: compress-run %s --entry=few --target=emulated --chip=sm_80 --reference=%s --counters=%t.few.json | FileCheck %s
// RUN: FileCheck %s --check-prefix=FEW < %t.few.json

// Sums of 128 products of f32 in another order: 130 dB at the least.
// CHECK: {{^}}out0 {{.*}} {{inf|1[3-9][0-9]\.[0-9]+}} {{ *}}1.0000

// MANY-DAG: "name": "many_point"
// MANY-DAG: "name": "many_tile"
// FEW-NOT:  "name": "few_point"
// FEW:      "name": "few_tile"
// FEW-NOT:  "name": "few_point"

#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
!w = !compress.tensor<128x128xf32, #compress.scheme<storage = #compress.affine<i8, block = [*, 1]>>>

func.func @many(%x: tensor<4096x128xf32>, %v: tensor<128x128xi8>, %s: tensor<1x128xf32>) -> tensor<4096x128xf32> {
  %w = compress.assemble %v, %s : (tensor<128x128xi8>, tensor<1x128xf32>) -> !w
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4096x128xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<4096x128xf32>) -> tensor<4096x128xf32>
  %y = compress.contract [#mk, #kn, #mn] ins(%x, %w : tensor<4096x128xf32>, !w) outs(%i : tensor<4096x128xf32>)
  return %y : tensor<4096x128xf32>
}

func.func @few(%x: tensor<16x128xf32>, %v: tensor<128x128xi8>, %s: tensor<1x128xf32>) -> tensor<16x128xf32> {
  %w = compress.assemble %v, %s : (tensor<128x128xi8>, tensor<1x128xf32>) -> !w
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<16x128xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<16x128xf32>) -> tensor<16x128xf32>
  %y = compress.contract [#mk, #kn, #mn] ins(%x, %w : tensor<16x128xf32>, !w) outs(%i : tensor<16x128xf32>)
  return %y : tensor<16x128xf32>
}
