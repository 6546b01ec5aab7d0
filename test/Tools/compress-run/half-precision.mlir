// RUN: rm -rf %t && mkdir %t
// RUN: compress-run %s --outputs=%t/out.npz
// RUN: %python -c "import numpy as np; out = np.load('%t/out.npz'); print(out['b'].tolist(), out['h'].tolist())" | FileCheck %s

// Arithmetic and functions of half precision, each rounded to its type:
// bf16: 1.5 + 2^-7 = 1.5078125, which bf16 holds; times 1.5 = 2.26171875 lies
// between 2.25 and 2.265625 and rounds to the nearer; its square 5.133 rounds to
// 5.125, the root of which, 2.2638, to 2.265625. sqrt(2.25) = 1.5.
// f16: 1.5 + 2^-10 = 1.5009765625; tanh(0) = 0.

// CHECK: [2.265625, 1.5078125] [1.5009765625, 0.0]
func.func @main() -> (tensor<2xf32> {compress.name = "b"}, tensor<2xf16> {compress.name = "h"}) {
  %x = arith.constant dense<[1.5, 1.5]> : tensor<2xbf16>
  %y = arith.constant dense<[7.8125e-3, 0.0]> : tensor<2xbf16>
  %f = arith.constant dense<[1.5, 1.0]> : tensor<2xbf16>
  %d = arith.constant dense<[0.0, 7.8125e-3]> : tensor<2xbf16>
  %e = tensor.empty() : tensor<2xbf16>
  %b = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>, affine_map<(i) -> (i)>, affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x, %y, %f, %d : tensor<2xbf16>, tensor<2xbf16>, tensor<2xbf16>, tensor<2xbf16>) outs(%e : tensor<2xbf16>) {
  ^bb0(%p: bf16, %q: bf16, %r: bf16, %s: bf16, %o: bf16):
    %0 = arith.addf %p, %q : bf16
    %1 = arith.mulf %0, %r : bf16
    %2 = arith.mulf %1, %1 : bf16
    %3 = math.sqrt %2 : bf16
    %4 = arith.addf %3, %s : bf16
    linalg.yield %4 : bf16
  } -> tensor<2xbf16>
  %wide = arith.extf %b : tensor<2xbf16> to tensor<2xf32>
  %u = arith.constant dense<[1.5, 0.0]> : tensor<2xf16>
  %v = arith.constant dense<[9.765625e-4, 0.0]> : tensor<2xf16>
  %g = tensor.empty() : tensor<2xf16>
  %h = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%u, %v : tensor<2xf16>, tensor<2xf16>) outs(%g : tensor<2xf16>) {
  ^bb0(%p: f16, %q: f16, %o: f16):
    %0 = math.tanh %q : f16
    %1 = arith.subf %q, %0 : f16
    %2 = arith.addf %p, %q : f16
    %3 = arith.mulf %1, %1 : f16
    %zero = arith.constant 0.0 : f16
    %4 = arith.mulf %3, %zero : f16
    %5 = arith.addf %2, %4 : f16
    linalg.yield %5 : f16
  } -> tensor<2xf16>
  return %wide, %h : tensor<2xf32>, tensor<2xf16>
}
