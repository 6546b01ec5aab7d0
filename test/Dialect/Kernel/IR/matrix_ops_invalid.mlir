// RUN: compress-opt %s --split-input-file --verify-diagnostics

func.func @type(%a: i32, %c: !llvm.struct<(f32, f32, f32, f32)>) {
  // expected-error@+1 {{takes f8E4M3FN or f8E5M2, found 'f16'; nvvm.mma.sync has the other types}}
  %0 = compress_kernel.mma [%a, %a, %a, %a], [%a, %a], %c : f16, f16, !llvm.struct<(f32, f32, f32, f32)>
  return
}

// -----

func.func @registers_of_a(%a: i32, %c: !llvm.struct<(f32, f32, f32, f32)>) {
  // expected-error@+1 {{takes 4 registers of A, found 2}}
  %0 = compress_kernel.mma [%a, %a], [%a, %a], %c : f8E5M2, f8E5M2, !llvm.struct<(f32, f32, f32, f32)>
  return
}

// -----

func.func @registers_of_b(%a: i32, %c: !llvm.struct<(f32, f32, f32, f32)>) {
  // expected-error@+1 {{takes 2 registers of B without metadata, found 4}}
  %0 = compress_kernel.mma [%a, %a, %a, %a], [%a, %a, %a, %a], %c : f8E5M2, f8E5M2, !llvm.struct<(f32, f32, f32, f32)>
  return
}

// -----

func.func @registers_of_b_sparse(%a: i32, %c: !llvm.struct<(f32, f32, f32, f32)>) {
  // expected-error@+1 {{takes 4 registers of B with metadata, found 2}}
  %0 = compress_kernel.mma [%a, %a, %a, %a], [%a, %a], %c metadata = %a : f8E5M2, f8E5M2, !llvm.struct<(f32, f32, f32, f32)>
  return
}

// -----

func.func @sums(%a: i32, %c: !llvm.struct<(f32, f32)>) {
  // expected-error@+1 {{takes an accumulator of 4 f32 or 2 vector<2xf16>, found '!llvm.struct<(f32, f32)>'}}
  %0 = compress_kernel.mma [%a, %a, %a, %a], [%a, %a], %c : f8E5M2, f8E5M2, !llvm.struct<(f32, f32)>
  return
}

// -----

func.func @sparse_sums(%a: i32, %c: !llvm.struct<(vector<2xf16>, vector<2xf16>)>) {
  // expected-error@+1 {{takes an accumulator of 4 f32, found '!llvm.struct<(vector<2xf16>, vector<2xf16>)>'}}
  %0 = compress_kernel.mma [%a, %a, %a, %a], [%a, %a, %a, %a], %c metadata = %a : f8E5M2, f8E5M2, !llvm.struct<(vector<2xf16>, vector<2xf16>)>
  return
}

// -----

func.func @registers(%a: i32, %b: i64, %c: !llvm.struct<(f32, f32, f32, f32)>) {
  // expected-error@+1 {{takes a descriptor or 4 registers of A, found 3 registers}}
  %0 = compress_kernel.wgmma_sp %c, [%a, %a, %a], %b, %a selector = 0 : !llvm.struct<(f32, f32, f32, f32)>, f16, f16
  return
}

// -----

func.func @types(%a: i32, %b: i64, %c: !llvm.struct<(f32, f32, f32, f32)>) {
  // expected-error@+1 {{takes f16, bf16 or tf32 twice, two of f8E4M3FN and f8E5M2, or two of i8 and ui8, found 'f16' and 'bf16'}}
  %0 = compress_kernel.wgmma_sp %c, %b, %b, %a selector = 0 : !llvm.struct<(f32, f32, f32, f32)>, f16, bf16
  return
}

// -----

func.func @selector(%a: i32, %b: i64, %c: !llvm.struct<(f32, f32, f32, f32)>) {
  // expected-error@+1 {{has a selector of 0 or 1, found 2}}
  %0 = compress_kernel.wgmma_sp %c, %b, %b, %a selector = 2 : !llvm.struct<(f32, f32, f32, f32)>, f16, f16
  return
}

// -----

func.func @selector_of_bytes(%a: i32, %b: i64, %c: !llvm.struct<(f32, f32, f32, f32)>) {
  // expected-error@+1 {{has a selector of 0 for operands of 8 bits, found 1}}
  %0 = compress_kernel.wgmma_sp %c, %b, %b, %a selector = 1 : !llvm.struct<(f32, f32, f32, f32)>, f8E5M2, f8E5M2
  return
}

// -----

func.func @accumulator(%a: i32, %b: i64, %c: !llvm.struct<(f32, f32, f32, f32)>) {
  // expected-error@+1 {{takes an accumulator of 4, 8, 12, 16, 24, 32, ... or 128 'i32', found '!llvm.struct<(f32, f32, f32, f32)>'}}
  %0 = compress_kernel.wgmma_sp %c, %b, %b, %a selector = 0 : !llvm.struct<(f32, f32, f32, f32)>, i8, i8
  return
}

// -----

func.func @columns(%a: i32, %b: i64, %c: !llvm.struct<(f32, f32, f32)>) {
  // expected-error@+1 {{takes an accumulator of 4, 8, 12, ... or 128 'f32', found '!llvm.struct<(f32, f32, f32)>'}}
  %0 = compress_kernel.wgmma_sp %c, %b, %b, %a selector = 0 : !llvm.struct<(f32, f32, f32)>, f16, f16
  return
}

// -----

func.func @opaque(%a: i32, %b: i64, %c: !llvm.struct<"sums", opaque>) {
  // expected-error@+1 {{takes an accumulator of 4, 8, 12, ... or 128 'f32', found '!llvm.struct<"sums", opaque>'}}
  %0 = compress_kernel.wgmma_sp %c, %b, %b, %a selector = 0 : !llvm.struct<"sums", opaque>, f16, f16
  return
}
