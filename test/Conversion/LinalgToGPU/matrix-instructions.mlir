// Products of floats of 8 bits and of sparse rows: as inline assembly, and as what the emulator
// runs.

// RUN: compress-opt %s --pass-pipeline='builtin.module(gpu.module(convert-instructions-to-ptx))' | FileCheck %s --check-prefix=PTX
// RUN: compress-opt %s --convert-nvvm-to-emulated | FileCheck %s --check-prefix=EMULATED

!sums = !llvm.struct<(f32, f32, f32, f32)>
!halves = !llvm.struct<(vector<2xf16>, vector<2xf16>)>
!counts = !llvm.struct<(i32, i32, i32, i32)>

// EmulatedMma: the shape, the types of A, B, C and D, whether it saturates and is sparse, and
// the selector.
// EMULATED-DAG: @emulated_words{{.*}}(dense<[16, 8, 32, 5, 6, 3, 3, 0, 0, 0]> : tensor<10xi32>)
// EMULATED-DAG: @emulated_words{{.*}}(dense<[16, 8, 32, 6, 6, 0, 0, 0, 0, 0]> : tensor<10xi32>)
// EMULATED-DAG: @emulated_words{{.*}}(dense<[16, 8, 64, 5, 5, 3, 3, 0, 1, 0]> : tensor<10xi32>)
// EmulatedWgmma: n, the types of A, B and D, no transposition, no sign, no saturation, sparse,
// and the selector.
// EMULATED-DAG: @emulated_words{{.*}}(dense<[8, 1, 1, 3, 0, 0, 0, 0, 0, 1, 1]> : tensor<11xi32>)
// EMULATED-DAG: @emulated_words{{.*}}(dense<[8, 2, 2, 3, 0, 0, 0, 0, 0, 1, 0]> : tensor<11xi32>)
// EMULATED-DAG: @emulated_words{{.*}}(dense<[8, 5, 6, 3, 0, 0, 0, 0, 0, 1, 0]> : tensor<11xi32>)
// EMULATED-DAG: @emulated_words{{.*}}(dense<[8, 8, 7, 11, 0, 0, 0, 0, 0, 1, 0]> : tensor<11xi32>)

gpu.module @kernels {
  // PTX-LABEL: llvm.func @small_floats
  // PTX: llvm.inline_asm has_side_effects asm_dialect = att "mma.sync.aligned.m16n8k32.row.col.f32.e4m3.e5m2.f32 {$0, $1, $2, $3}, {$4, $5, $6, $7}, {$8, $9}, {$10, $11, $12, $13};", "=f,=f,=f,=f,r,r,r,r,r,r,f,f,f,f"
  // PTX: llvm.inline_asm has_side_effects asm_dialect = att "mma.sp::ordered_metadata.sync.aligned.m16n8k64.row.col.f32.e4m3.e4m3.f32 {$0, $1, $2, $3}, {$4, $5, $6, $7}, {$8, $9, $10, $11}, {$12, $13, $14, $15}, $16, 0;", "=f,=f,=f,=f,r,r,r,r,r,r,r,r,f,f,f,f,r"
  // PTX: %[[WORDS:.*]] = llvm.inline_asm has_side_effects asm_dialect = att "mma.sync.aligned.m16n8k32.row.col.f16.e5m2.e5m2.f16 {$0, $1}, {$2, $3, $4, $5}, {$6, $7}, {$8, $9};", "=r,=r,r,r,r,r,r,r,r,r" {{.*}} -> !llvm.struct<(i32, i32)>
  // PTX: %[[WORD:.*]] = llvm.extractvalue %[[WORDS]][0]
  // PTX: llvm.bitcast %[[WORD]] : i32 to vector<2xf16>

  // EMULATED-LABEL: llvm.func @kernels_small_floats
  // EMULATED-COUNT-3: llvm.call @compress_emulated_mma(
  llvm.func @small_floats(%a: i32, %b: i32, %e: i32, %out: !llvm.ptr<1>) attributes {gpu.kernel, nvvm.kernel} {
    %zero = llvm.mlir.zero : !sums
    %halves = llvm.mlir.zero : !halves
    %0 = compress_kernel.mma [%a, %a, %a, %a], [%b, %b], %zero : f8E4M3FN, f8E5M2, !sums
    %1 = compress_kernel.mma [%a, %a, %a, %a], [%b, %b, %b, %b], %0 metadata = %e : f8E4M3FN, f8E4M3FN, !sums
    %2 = compress_kernel.mma [%a, %a, %a, %a], [%b, %b], %halves : f8E5M2, f8E5M2, !halves
    llvm.store %1, %out : !sums, !llvm.ptr<1>
    llvm.store %2, %out : !halves, !llvm.ptr<1>
    llvm.return
  }

  // PTX-LABEL: llvm.func @sparse_rows
  // PTX: "{ .reg .pred p; setp.ne.b32 p, 1, 0; wgmma.mma_async.sp.sync.aligned.m64n8k32.f32.bf16.bf16 {$0, $1, $2, $3}, {$8, $9, $10, $11}, $12, $13, 1, p, 1, 1, 0; }", "=f,=f,=f,=f,0,1,2,3,r,r,r,r,l,r,~{memory}"
  // PTX: wgmma.mma_async.sp.sync.aligned.m64n8k32.f32.f16.f16 {$0, $1, $2, $3}, $8, $9, $10, 0, p, 1, 1, 0, 0; }", "=f,=f,=f,=f,0,1,2,3,l,l,r,~{memory}"
  // PTX: wgmma.mma_async.sp.sync.aligned.m64n8k16.f32.tf32.tf32 {$0, $1, $2, $3}, $8, $9, $10, 0, p, 1, 1; }"
  // PTX: wgmma.mma_async.sp.sync.aligned.m64n8k64.f32.e4m3.e5m2 {$0, $1, $2, $3}, $8, $9, $10, 0, p, 1, 1; }"
  // PTX: wgmma.mma_async.sp.sync.aligned.m64n8k64.s32.u8.s8 {$0, $1, $2, $3}, $8, $9, $10, 0, p; }", "=r,=r,=r,=r,0,1,2,3,l,l,r,~{memory}"

  // EMULATED-LABEL: llvm.func @kernels_sparse_rows
  // EMULATED: %[[START:.*]] = llvm.call @compress_emulated_wgmma_accumulator(
  // EMULATED: %[[FIRST:.*]] = llvm.call @compress_emulated_wgmma(%[[START]],
  // EMULATED: %[[SECOND:.*]] = llvm.call @compress_emulated_wgmma(%[[FIRST]],
  // EMULATED: llvm.call @compress_emulated_wgmma_wait(
  llvm.func @sparse_rows(%a: i32, %b: i64, %e: i32, %out: !llvm.ptr<1>) attributes {gpu.kernel, nvvm.kernel} {
    %zero = llvm.mlir.zero : !sums
    %counts = llvm.mlir.zero : !counts
    nvvm.wgmma.fence.aligned
    %0 = compress_kernel.wgmma_sp %zero, [%a, %a, %a, %a], %b, %e selector = 1 : !sums, bf16, bf16
    %1 = compress_kernel.wgmma_sp %0, %b, %b, %e selector = 0 : !sums, f16, f16
    %2 = compress_kernel.wgmma_sp %1, %b, %b, %e selector = 0 : !sums, tf32, tf32
    %3 = compress_kernel.wgmma_sp %2, %b, %b, %e selector = 0 : !sums, f8E4M3FN, f8E5M2
    %4 = compress_kernel.wgmma_sp %counts, %b, %b, %e selector = 0 : !counts, ui8, i8
    nvvm.wgmma.commit.group.sync.aligned
    %5 = compress_kernel.wgmma_wait %3 : !sums
    %6 = compress_kernel.wgmma_wait %4 : !counts
    llvm.store %5, %out : !sums, !llvm.ptr<1>
    llvm.store %6, %out : !counts, !llvm.ptr<1>
    llvm.return
  }
}
