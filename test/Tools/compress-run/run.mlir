// RUN: compress-run %s --entry=make | FileCheck %s --check-prefix=MAKE
// RUN: rm -rf %t && mkdir %t
// RUN: compress-run %s --entry=make --outputs=%t/made.npz
// RUN: compress-run %s --entry=sum --inputs=%t/made.npz | FileCheck %s --check-prefix=SUM
// RUN: compress-run %s --entry=narrow | FileCheck %s --check-prefix=NARROW
// RUN: compress-run %s --entry=one --outputs=%t/a.npy
// RUN: compress-run %s --entry=first --inputs=%t/a.npy | FileCheck %s --check-prefix=FIRST
// RUN: compress-run %s --entry=first --inputs=x=%t/a.npy | FileCheck %s --check-prefix=FIRST
// RUN: compress-run %s --entry=two --outputs=%t/two.npy
// RUN: compress-run %s --entry=twice --inputs=%t/two.npy | FileCheck %s --check-prefix=TWICE

// Outputs by name, every element type.

// MAKE:      a: F32[2, 3] = 1 2 3 4 5 6
// MAKE-NEXT: b: I64[2] = 10 -20
// MAKE-NEXT: c: F16[1] = 0.5
// MAKE-NEXT: d: F64[] = -2
// MAKE-NEXT: e: I8[3] = -1 0 1
func.func @make() -> (tensor<2x3xf32> {compress.name = "a"}, tensor<2xi64> {compress.name = "b"},
                      tensor<1xf16> {compress.name = "c"}, tensor<f64> {compress.name = "d"},
                      tensor<3xi8> {compress.name = "e"}) {
  %a = arith.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  %b = arith.constant dense<[10, -20]> : tensor<2xi64>
  %c = arith.constant dense<[0.5]> : tensor<1xf16>
  %d = arith.constant dense<-2.0> : tensor<f64>
  %e = arith.constant dense<[-1, 0, 1]> : tensor<3xi8>
  return %a, %b, %c, %d, %e : tensor<2x3xf32>, tensor<2xi64>, tensor<1xf16>, tensor<f64>, tensor<3xi8>
}

// Inputs by name, whatever their order; a result that is an argument does not
// share its memory.

// SUM:      out0: F32[2] = 16 -5
// SUM-NEXT: out1: I8[3] = -1 0 1
func.func @sum(%e: tensor<?xi8> {compress.name = "e"}, %b: tensor<2xi64> {compress.name = "b"},
               %c: tensor<1xf16> {compress.name = "c"}, %d: tensor<f64> {compress.name = "d"},
               %a: tensor<2x?xf32> {compress.name = "a"}) -> (tensor<2xf32>, tensor<?xi8>) {
  %init = tensor.empty() : tensor<2xf32>
  %start = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%b : tensor<2xi64>) outs(%init : tensor<2xf32>) {
  ^bb0(%x: i64, %o: f32):
    %f = arith.sitofp %x : i64 to f32
    linalg.yield %f : f32
  } -> tensor<2xf32>
  %sum = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]}
      ins(%a : tensor<2x?xf32>) outs(%start : tensor<2xf32>) {
  ^bb0(%x: f32, %acc: f32):
    %s = arith.addf %acc, %x : f32
    linalg.yield %s : f32
  } -> tensor<2xf32>
  return %sum, %e : tensor<2xf32>, tensor<?xi8>
}

// NumPy has no bf16, so this can only be printed.

// NARROW: out0: BF16[2] = -2 0.5
func.func @narrow() -> tensor<2xbf16> {
  %a = arith.constant dense<[-2.0, 0.5]> : tensor<2xbf16>
  return %a : tensor<2xbf16>
}

func.func @one() -> tensor<3xf32> {
  %a = arith.constant dense<[7.0, 8.0, 9.0]> : tensor<3xf32>
  return %a : tensor<3xf32>
}

// FIRST: out0: F32[1] = 7
func.func @first(%x: tensor<?xf32> {compress.name = "x"}) -> tensor<1xf32> {
  %a = tensor.extract_slice %x[0] [1] [1] : tensor<?xf32> to tensor<1xf32>
  return %a : tensor<1xf32>
}

// A value that is returned twice has one buffer, which is freed once.

// TWICE:      out0: F32[2] = 2 4
// TWICE-NEXT: out1: F32[2] = 2 4
func.func @twice(%x: tensor<2xf32> {compress.name = "x"}) -> (tensor<2xf32>, tensor<2xf32>) {
  %init = tensor.empty() : tensor<2xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : tensor<2xf32>) outs(%init : tensor<2xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.addf %a, %a : f32
    linalg.yield %s : f32
  } -> tensor<2xf32>
  return %y, %y : tensor<2xf32>, tensor<2xf32>
}

func.func @two() -> tensor<2xf32> {
  %a = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  return %a : tensor<2xf32>
}
