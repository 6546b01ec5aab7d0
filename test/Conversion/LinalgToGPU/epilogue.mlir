// RUN: compress-opt %s --convert-linalg-to-kernels | FileCheck %s

#id = affine_map<(m, n) -> (m, n)>
#transposed = affine_map<(m, n) -> (n, m)>
#row = affine_map<(m, n) -> (n)>

// A bias, an activation and a conversion, in another order of loops: one kernel,
// which writes what the second op does. Nothing is left of the buffer between.
// CHECK-LABEL: func @fused
// CHECK:         gpu.launch_func @kernels::@fused_mma
// CHECK-NOT:     gpu.launch_func
// CHECK:         return
func.func @fused(%a: memref<128x64xf16>, %b: memref<64x256xf16>, %bias: memref<256xf32>) -> memref<256x128xf16> {
  %zero = arith.constant 0.0 : f32
  %out = memref.alloc() : memref<256x128xf16>
  %c = memref.alloc() : memref<128x256xf32>
  linalg.fill ins(%zero : f32) outs(%c : memref<128x256xf32>)
  linalg.matmul ins(%a, %b : memref<128x64xf16>, memref<64x256xf16>) outs(%c : memref<128x256xf32>)
  linalg.generic {indexing_maps = [#transposed, affine_map<(n, m) -> (n)>, #id], iterator_types = ["parallel", "parallel"]}
      ins(%c, %bias : memref<128x256xf32>, memref<256xf32>) outs(%out : memref<256x128xf16>) {
  ^bb0(%x: f32, %d: f32, %o: f16):
    %s = arith.addf %x, %d : f32
    %r = arith.maximumf %s, %zero : f32
    %h = arith.truncf %r : f32 to f16
    linalg.yield %h : f16
  }
  return %out : memref<256x128xf16>
}

// In place, and read afterwards.
// CHECK-LABEL: func @in_place
// CHECK:         gpu.launch_func @kernels::@in_place_mma
// CHECK-NOT:     gpu.launch_func
// CHECK:         return
func.func @in_place(%a: memref<128x64xf16>, %b: memref<64x256xf16>) -> memref<128x256xf32> {
  %zero = arith.constant 0.0 : f32
  %c = memref.alloc() : memref<128x256xf32>
  linalg.fill ins(%zero : f32) outs(%c : memref<128x256xf32>)
  linalg.matmul ins(%a, %b : memref<128x64xf16>, memref<64x256xf16>) outs(%c : memref<128x256xf32>)
  linalg.generic {indexing_maps = [#id], iterator_types = ["parallel", "parallel"]} outs(%c : memref<128x256xf32>) {
  ^bb0(%o: f32):
    %r = arith.maximumf %o, %zero : f32
    linalg.yield %r : f32
  }
  return %c : memref<128x256xf32>
}

// The product is needed later on.
// CHECK-LABEL: func @needed
// CHECK-COUNT-2: gpu.launch_func
func.func @needed(%a: memref<128x64xf16>, %b: memref<64x256xf16>) -> (memref<128x256xf32>, memref<128x256xf32>) {
  %zero = arith.constant 0.0 : f32
  %out = memref.alloc() : memref<128x256xf32>
  %c = memref.alloc() : memref<128x256xf32>
  linalg.fill ins(%zero : f32) outs(%c : memref<128x256xf32>)
  linalg.matmul ins(%a, %b : memref<128x64xf16>, memref<64x256xf16>) outs(%c : memref<128x256xf32>)
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%c : memref<128x256xf32>) outs(%out : memref<128x256xf32>) {
  ^bb0(%x: f32, %o: f32):
    %r = arith.maximumf %x, %zero : f32
    linalg.yield %r : f32
  }
  return %c, %out : memref<128x256xf32>, memref<128x256xf32>
}

// What is written last may be an operand of the product: other blocks still read
// it.
// CHECK-LABEL: func @aliases
// CHECK-COUNT-2: gpu.launch_func
func.func @aliases(%a: memref<128x128xf16>, %b: memref<128x128xf16>) {
  %zero = arith.constant 0.0 : f16
  %c = memref.alloc() : memref<128x128xf16>
  linalg.fill ins(%zero : f16) outs(%c : memref<128x128xf16>)
  linalg.matmul ins(%a, %b : memref<128x128xf16>, memref<128x128xf16>) outs(%c : memref<128x128xf16>)
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%c : memref<128x128xf16>) outs(%a : memref<128x128xf16>) {
  ^bb0(%x: f16, %o: f16):
    %r = arith.addf %x, %o : f16
    linalg.yield %r : f16
  }
  return
}

// An op between the two overwrites an operand.
// CHECK-LABEL: func @overwritten
// CHECK-COUNT-3: gpu.launch_func
func.func @overwritten(%a: memref<128x64xf16>, %b: memref<64x256xf16>) -> memref<128x256xf32> {
  %zero = arith.constant 0.0 : f32
  %out = memref.alloc() : memref<128x256xf32>
  %half = arith.constant 0.0 : f16
  %c = memref.alloc() : memref<128x256xf32>
  linalg.fill ins(%zero : f32) outs(%c : memref<128x256xf32>)
  linalg.matmul ins(%a, %b : memref<128x64xf16>, memref<64x256xf16>) outs(%c : memref<128x256xf32>)
  linalg.fill ins(%half : f16) outs(%a : memref<128x64xf16>)
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%c : memref<128x256xf32>) outs(%out : memref<128x256xf32>) {
  ^bb0(%x: f32, %o: f32):
    linalg.yield %x : f32
  }
  return %out : memref<128x256xf32>
}

// A reduction is no epilogue, and neither is a broadcast.
// CHECK-LABEL: func @reduced
// CHECK-COUNT-2: gpu.launch_func
func.func @reduced(%a: memref<128x64xf16>, %b: memref<64x256xf16>, %out: memref<256xf32>) {
  %zero = arith.constant 0.0 : f32
  %c = memref.alloc() : memref<128x256xf32>
  linalg.fill ins(%zero : f32) outs(%c : memref<128x256xf32>)
  linalg.matmul ins(%a, %b : memref<128x64xf16>, memref<64x256xf16>) outs(%c : memref<128x256xf32>)
  linalg.generic {indexing_maps = [#id, #row], iterator_types = ["reduction", "parallel"]}
      ins(%c : memref<128x256xf32>) outs(%out : memref<256xf32>) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.addf %x, %o : f32
    linalg.yield %s : f32
  }
  return
}

// What the product adds to is not known: its buffer is read beside the one that is
// written.
// CHECK-LABEL: func @unknown_start
// CHECK:         gpu.launch_func @kernels::@unknown_start_mma
// CHECK-SAME:      args(%{{[^ ]*}} : memref<f16>, %{{[^ ]*}} : memref<f16>, %{{[^ ]*}} : memref<f32>, %{{[^ ]*}} : memref<f16>)
// CHECK-NOT:     gpu.launch_func
// CHECK:         return
func.func @unknown_start(%a: memref<128x64xf16>, %b: memref<64x256xf16>) -> memref<128x256xf16> {
  %out = memref.alloc() : memref<128x256xf16>
  %c = memref.alloc() : memref<128x256xf32>
  linalg.matmul ins(%a, %b : memref<128x64xf16>, memref<64x256xf16>) outs(%c : memref<128x256xf32>)
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%c : memref<128x256xf32>) outs(%out : memref<128x256xf16>) {
  ^bb0(%x: f32, %o: f16):
    %h = arith.truncf %x : f32 to f16
    linalg.yield %h : f16
  }
  return %out : memref<128x256xf16>
}

// Two products of one input, which come before both of their epilogues: neither
// hides the other's.
// CHECK-LABEL: func @two_products
// CHECK:         gpu.launch_func @kernels::@two_products_mma
// CHECK:         gpu.launch_func @kernels::@two_products_mma
// CHECK-NOT:     gpu.launch_func
// CHECK:         return
func.func @two_products(%a: memref<128x64xf16>, %b: memref<64x256xf16>, %d: memref<64x256xf16>) -> (memref<128x256xf16>, memref<128x256xf16>) {
  %zero = arith.constant 0.0 : f32
  %out0 = memref.alloc() : memref<128x256xf16>
  %out1 = memref.alloc() : memref<128x256xf16>
  %c0 = memref.alloc() : memref<128x256xf32>
  %c1 = memref.alloc() : memref<128x256xf32>
  linalg.fill ins(%zero : f32) outs(%c0 : memref<128x256xf32>)
  linalg.matmul ins(%a, %b : memref<128x64xf16>, memref<64x256xf16>) outs(%c0 : memref<128x256xf32>)
  linalg.fill ins(%zero : f32) outs(%c1 : memref<128x256xf32>)
  linalg.matmul ins(%a, %d : memref<128x64xf16>, memref<64x256xf16>) outs(%c1 : memref<128x256xf32>)
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%c0 : memref<128x256xf32>) outs(%out0 : memref<128x256xf16>) {
  ^bb0(%x: f32, %o: f16):
    %h = arith.truncf %x : f32 to f16
    linalg.yield %h : f16
  }
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%c1 : memref<128x256xf32>) outs(%out1 : memref<128x256xf16>) {
  ^bb0(%x: f32, %o: f16):
    %r = arith.maximumf %x, %zero : f32
    %h = arith.truncf %r : f32 to f16
    linalg.yield %h : f16
  }
  return %out0, %out1 : memref<128x256xf16>, memref<128x256xf16>
}

// Both are read by one op, which one of them computes.
// CHECK-LABEL: func @one_epilogue
// CHECK:         gpu.launch_func @kernels::@{{.*}}_mma
// CHECK:         gpu.launch_func @kernels::@{{.*}}_mma
// CHECK-NOT:     gpu.launch_func
// CHECK:         return
func.func @one_epilogue(%a: memref<128x64xf16>, %b: memref<64x256xf16>, %d: memref<64x256xf16>) -> memref<128x256xf16> {
  %zero = arith.constant 0.0 : f32
  %out = memref.alloc() : memref<128x256xf16>
  %c0 = memref.alloc() : memref<128x256xf32>
  %c1 = memref.alloc() : memref<128x256xf32>
  linalg.fill ins(%zero : f32) outs(%c0 : memref<128x256xf32>)
  linalg.matmul ins(%a, %b : memref<128x64xf16>, memref<64x256xf16>) outs(%c0 : memref<128x256xf32>)
  linalg.fill ins(%zero : f32) outs(%c1 : memref<128x256xf32>)
  linalg.matmul ins(%a, %d : memref<128x64xf16>, memref<64x256xf16>) outs(%c1 : memref<128x256xf32>)
  linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%c0, %c1 : memref<128x256xf32>, memref<128x256xf32>) outs(%out : memref<128x256xf16>) {
  ^bb0(%x: f32, %y: f32, %o: f16):
    %s = arith.addf %x, %y : f32
    %h = arith.truncf %s : f32 to f16
    linalg.yield %h : f16
  }
  return %out : memref<128x256xf16>
}
