// RUN: compress-opt %s --split-input-file --verify-diagnostics

func.func @rank(%x: memref<1x1x1x1x1x64xf16>) {
  // expected-error@+1 {{takes a buffer of 1 to 5 dimensions, found 'memref<1x1x1x1x1x64xf16>'}}
  %0 = compress_kernel.encode_tensor_map %x box = [1, 1, 1, 1, 1, 64] : memref<1x1x1x1x1x64xf16>
  return
}

// -----

func.func @stride(%x: memref<64x64xf16, strided<[1, 64]>>) {
  // expected-error@+1 {{takes a buffer whose innermost stride is 1, found}}
  %0 = compress_kernel.encode_tensor_map %x box = [64, 64] : memref<64x64xf16, strided<[1, 64]>>
  return
}

// -----

func.func @element(%x: memref<64x64xf64>) {
  // expected-error@+1 {{takes elements of f16, bf16, f32 or i8, found 'f64'}}
  %0 = compress_kernel.encode_tensor_map %x box = [64, 64] : memref<64x64xf64>
  return
}

// -----

func.func @box_rank(%x: memref<64x64xf16>) {
  // expected-error@+1 {{takes a box with an extent of 1 to 256 for each of 2 dimensions, found [64]}}
  %0 = compress_kernel.encode_tensor_map %x box = [64] : memref<64x64xf16>
  return
}

// -----

func.func @box_extent(%x: memref<1024x64xf16>) {
  // expected-error@+1 {{takes a box with an extent of 1 to 256 for each of 2 dimensions, found [512, 64]}}
  %0 = compress_kernel.encode_tensor_map %x box = [512, 64] : memref<1024x64xf16>
  return
}

// -----

func.func @line(%x: memref<64x64xf16>) {
  // expected-error@+1 {{takes a box whose lines are a multiple of 16 bytes, found 24}}
  %0 = compress_kernel.encode_tensor_map %x box = [64, 12] : memref<64x64xf16>
  return
}

// -----

func.func @swizzle(%x: memref<64x64xf16>) {
  // expected-error@+1 {{has swizzle 0 or 128, found 64}}
  %0 = compress_kernel.encode_tensor_map %x box = [64, 32] swizzle = 64 : memref<64x64xf16>
  return
}

// -----

func.func @swizzled_line(%x: memref<64x64xf16>) {
  // expected-error@+1 {{swizzles lines of 128 bytes, but those of the box have 64}}
  %0 = compress_kernel.encode_tensor_map %x box = [64, 32] swizzle = 128 : memref<64x64xf16>
  return
}

// -----

func.func @tf32_elements(%x: memref<64x64xf16>) {
  // expected-error@+1 {{makes tf32 of elements of f32, found 'f16'}}
  %0 = compress_kernel.encode_tensor_map %x box = [64, 64] swizzle = 128 tf32 : memref<64x64xf16>
  return
}

// -----

func.func @f(%x: tensor<4x8xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %0 = linalg.generic {
      indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>],
      iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<4x8xf32>) outs(%y : tensor<4xf32>) {
  ^bb0(%a: f32, %out: f32):
    // expected-error@+1 {{expected a kind that combines values of type 'f32', found addi}}
    %s = compress_kernel.row_reduce addi %a over [1] : f32
    linalg.yield %s : f32
  } -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

func.func @f(%x: tensor<4x8xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %0 = linalg.generic {
      indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>],
      iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<4x8xf32>) outs(%y : tensor<4xf32>) {
  ^bb0(%a: f32, %out: f32):
    // expected-error@+1 {{expected a kind that combines values of type 'f32', found assign}}
    %s = compress_kernel.row_reduce assign %a over [1] : f32
    linalg.yield %s : f32
  } -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

func.func @f(%x: tensor<4x8xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %0 = linalg.generic {
      indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>],
      iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<4x8xf32>) outs(%y : tensor<4xf32>) {
  ^bb0(%a: f32, %out: f32):
    // expected-error@+1 {{expected a linalg.generic with parallel loops only around it}}
    %s = compress_kernel.row_reduce addf %a over [1] : f32
    linalg.yield %s : f32
  } -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

func.func @f(%x: tensor<4x8xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %0 = linalg.generic {
      indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>],
      iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<4x8xf32>) outs(%y : tensor<4xf32>) {
  ^bb0(%a: f32, %out: f32):
    // expected-error@+1 {{expected some of the loops 0 to 1, found [2]}}
    %s = compress_kernel.row_reduce addf %a over [2] : f32
    linalg.yield %s : f32
  } -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

func.func @f(%x: tensor<4x8xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %0 = linalg.generic {
      indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>],
      iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<4x8xf32>) outs(%y : tensor<4xf32>) {
  ^bb0(%a: f32, %out: f32):
    // expected-error@+1 {{expected some of the loops 0 to 1, found []}}
    %s = compress_kernel.row_reduce addf %a over [] : f32
    linalg.yield %s : f32
  } -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

func.func @f(%x: tensor<4x8xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %0 = linalg.generic {
      indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>],
      iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<4x8xf32>) outs(%y : tensor<4xf32>) {
  ^bb0(%a: f32, %out: f32):
    // expected-error@+1 {{expected loops in ascending order, found [1, 0]}}
    %s = compress_kernel.row_reduce addf %a over [1, 0] : f32
    linalg.yield %s : f32
  } -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

func.func @f(%x: tensor<4x8xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %0 = linalg.generic {
      indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>],
      iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<4x8xf32>) outs(%y : tensor<4xf32>) {
  ^bb0(%a: f32, %out: f32):
    // expected-error@+1 {{is over the loops [1], another of the same body over [0]; expected the same}}
    %t = compress_kernel.row_reduce addf %a over [1] : f32
    %s = compress_kernel.row_reduce addf %t over [0] : f32
    linalg.yield %s : f32
  } -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

func.func @registers(%sums: !llvm.struct<(f32, f32)>, %a: vector<2xf16>, %b: i64) {
  // expected-error@+1 {{takes an accumulator of 4, 8, ... or 128 f32, found '!llvm.struct<(f32, f32)>'}}
  %0 = compress_kernel.wgmma %sums, [%a, %a, %a, %a], %b : !llvm.struct<(f32, f32)>, vector<2xf16>
  return
}

// -----

func.func @sums(%sums: !llvm.struct<(f32, f32, f32, i32)>, %a: vector<2xf16>, %b: i64) {
  // expected-error@+1 {{takes an accumulator of 4, 8, ... or 128 f32, found '!llvm.struct<(f32, f32, f32, i32)>'}}
  %0 = compress_kernel.wgmma %sums, [%a, %a, %a, %a], %b : !llvm.struct<(f32, f32, f32, i32)>, vector<2xf16>
  return
}

// -----

func.func @fragment(%sums: !llvm.struct<(f32, f32, f32, f32)>, %a: vector<2xf32>, %b: i64) {
  // expected-error@+1 {{operand #1 must be vector of 16-bit float or bfloat16 type values of length 2, but got 'vector<2xf32>'}}
  %0 = compress_kernel.wgmma %sums, [%a, %a, %a, %a], %b : !llvm.struct<(f32, f32, f32, f32)>, vector<2xf32>
  return
}
