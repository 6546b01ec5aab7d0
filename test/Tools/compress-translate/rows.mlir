// REQUIRES: ptxas
// RUN: rm -rf %t && mkdir %t
// RUN: compress-translate %s --target=cuda --chip=sm_80 -o %t/rows.cubin --resource-usage 2>&1 | FileCheck %s
// RUN: compress-translate %s --target=cuda --chip=sm_90a -o %t/rows.cubin --resource-usage 2>&1 | FileCheck %s

// Kernels that keep rows in registers, and the other ones without products, spill
// none and use no stack.

// CHECK-NOT:      {{[1-9][0-9]*}} bytes stack
// CHECK-NOT:      {{[1-9][0-9]*}} bytes spill
// CHECK-NOT:      {{warning|error}}
// CHECK-COUNT-10: Compiling entry function
// CHECK-NOT:      {{[1-9][0-9]*}} bytes stack
// CHECK-NOT:      {{[1-9][0-9]*}} bytes spill
// CHECK-NOT:      {{warning|error}}

// Three kernels: for short, long and very long rows.
func.func @any(%x: tensor<?x?xf32>) -> tensor<?x?xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %m = tensor.dim %x, %c0 : tensor<?x?xf32>
  %n = tensor.dim %x, %c1 : tensor<?x?xf32>
  %e = tensor.empty(%m, %n) : tensor<?x?xf32>
  %y = linalg.softmax dimension(1) ins(%x : tensor<?x?xf32>) outs(%e : tensor<?x?xf32>) -> tensor<?x?xf32>
  return %y : tensor<?x?xf32>
}

func.func @warp(%x: tensor<64x1023xf32>) -> tensor<64x1023xf32> {
  %e = tensor.empty() : tensor<64x1023xf32>
  %y = linalg.softmax dimension(1) ins(%x : tensor<64x1023xf32>) outs(%e : tensor<64x1023xf32>) -> tensor<64x1023xf32>
  return %y : tensor<64x1023xf32>
}

func.func @block(%x: tensor<64x8192xf32>) -> tensor<64x8192xf32> {
  %e = tensor.empty() : tensor<64x8192xf32>
  %y = linalg.softmax dimension(1) ins(%x : tensor<64x8192xf32>) outs(%e : tensor<64x8192xf32>) -> tensor<64x8192xf32>
  return %y : tensor<64x8192xf32>
}

func.func @half(%x: tensor<64x1000xf16>) -> tensor<64x1000xf16> {
  %e = tensor.empty() : tensor<64x1000xf16>
  %y = linalg.softmax dimension(1) ins(%x : tensor<64x1000xf16>) outs(%e : tensor<64x1000xf16>) -> tensor<64x1000xf16>
  return %y : tensor<64x1000xf16>
}

// Two kernels: blocks share the rows.
func.func @columns(%x: tensor<3000x64xf32>) -> tensor<64xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<64xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<64xf32>) -> tensor<64xf32>
  %y = linalg.reduce ins(%x : tensor<3000x64xf32>) outs(%f : tensor<64xf32>) dimensions = [0]
    (%a: f32, %acc: f32) {
      %0 = arith.addf %a, %acc : f32
      linalg.yield %0 : f32
    }
  return %y : tensor<64xf32>
}

func.func @transposed(%x: tensor<?x72xf16>) -> tensor<72x?xf16> {
  %c0 = arith.constant 0 : index
  %m = tensor.dim %x, %c0 : tensor<?x72xf16>
  %e = tensor.empty(%m) : tensor<72x?xf16>
  %y = linalg.transpose ins(%x : tensor<?x72xf16>) outs(%e : tensor<72x?xf16>) permutation = [1, 0]
  return %y : tensor<72x?xf16>
}

func.func @point(%x: tensor<?x77xf32>) -> tensor<?x77xf32> {
  %0 = math.tanh %x : tensor<?x77xf32>
  %1 = math.erf %0 : tensor<?x77xf32>
  return %1 : tensor<?x77xf32>
}
